"""Reworded lines find their item, or none; lines of other checklists find none; no two lines find one item."""

from importlib import resources

from hypothesis import given, settings
from hypothesis import strategies as st

from seatrial.app.catalogue import installed_catalogue
from seatrial.catalogue.matching import LIKE, match
from seatrial.catalogue.ticklist import Line, read

ITEMS = [item for item in installed_catalogue().items if item.section != "Z"]
TITLES = {item.section: item.title for item in ITEMS}
ORIGINAL = resources.files("seatrial.catalogue").joinpath("data/checklist.md").read_text("utf-8")

REWORDED = """\
1.1|The control plane runs at least three nodes for HA
1.1|Control plane: min. 3 nodes (HA)
1.2|etcd is healthy, automated backups in place
1.3|Audit logging enabled on the API server
1.5|Node autoscaling configured and tested
1.7|DNS resolution works
2.1|OIDC configured & tested
2.2|Least-privilege RBAC roles created
2.4|All API access is captured by audit logging
2.5|Short lived tokens are configured
2.6|No default or admin credentials are in use
3.1|Enforce Pod Security Standards on all namespaces
3.2|Security context configured for every workload
3.3|AppArmor / SELinux profiles are deployed
3.5|Containers all run as non root
3.6|Drop unnecessary capabilities
3.7|Resource limits on all pods
4.1|External Secrets Operator is deployed in all clusters
4.3|Secrets in etcd are encrypted at rest
4.4|Automated rotation of secrets
4.5|Container images contain no secrets
4.6|CI/CD pipeline scans for secrets
5.2|Default-deny NetworkPolicies applied
5.2|Default deny all network policies are applied
6.1|Private registry configured for containers
6.2|Vulnerability scanning of images enabled
6.3|Images signed with Cosign
7.1|Gatekeeper (OPA) deployed
7.5|Only allowed registries enforced by policies
8.1|Falco is deployed and configured
8.4|SIEM integration works
9.3|Volume snapshot configured
9.7|Storage monitoring is on
10.1|HA ingress controller deployed
10.3|Automated certificates with cert-manager
11.1|Istio deployed
11.3|mTLS is enabled for all services
12.1|Prometheus deployed with fedaration
12.5|Metrics retention set to 30 days
12.6|Log retention is configured
13.3|Notification channels configured (PagerDuty)
13.5|Runbooks for common alerts created
14.1|Argo CD / Flux deployed
14.1|ArgoCD deployed
14.3|Multi environment deployments: dev, staging and prod
15.2|Multi-stage builds are optimised
16.1|HPAs configured for all applications
16.3|KEDA event driven scaling
17.5|PDBs configured
17.5|Pod Disruption Budget configured
18.5|Restoration of backups tested in the last 30 days
18.7|RTO and RPO targets are documented and met
19.2|ExternalDNS automated
20.4|RBAC for each namespace
22.3|HA for webhooks configured
24.1|OpenCost deployed
25.1|Upgrade procedures for the cluster tested
26.1|CIS benchmark score is 100 %
27.4|kube-hunter security testing
28.3|Operational runbooks are written
28.8|On-boarding guides written
29.2|Penetration tests performed
30.1|Cluster uptime >= 99.9 %
30.3|API server p95 response time under 100ms
30.6|Security patching MTTD below 24h
P1.1|24x7 monitoring established
P2.1|Process for post-mortems defined
"""

OTHERS = """\
Coffee machine descaled
Office badge printer works
Release notes sent to customers
Database migrations reviewed
GDPR contact appointed
Feature flags cleaned up
Frontend bundle size under 300 kB
Cookie banner reviewed by legal
Load balancer IPs whitelisted at partner
SSL certificate for marketing site renewed
Google Analytics configured
Sentry project created
App store screenshots created
API keys for payment provider rotated
Legal approval obtained
Support team informed
Domain names registered
Email templates tested
Data migration tested
Kafka topics created
Redis cluster deployed
Postgres deployed
MongoDB backups configured
VPN access documented
Bastion host deployed
Terraform state encrypted
S3 buckets encrypted
Lambda functions deployed
Team lunch scheduled
Jira board created
Slack channel created
GitHub organisation configured
Branch protection enabled
Code owners defined
Unit tests written
Code coverage 80%
Licence scanning automated
Status page created
Browser tests passing
Accessibility audit completed
Mobile app released
Privacy policy published
Search index rebuilt
CDN configured
Web fonts optimized
Windows nodes patched
Firewall rules reviewed
Laptop disks encrypted
SSO for Jira enabled
Customer training scheduled
Node images updated
Secrets reviewed
Namespaces labelled
Metrics server deployed
Descheduler configured
Image pull secrets created
Service accounts cleaned up
Log shipping tested
Dashboards reviewed
Alerts silenced
Gateway API CRDs installed
Topology spread configured
Ephemeral storage limits set
Cilium Hubble enabled
Thanos deployed
Tempo deployed
Kyverno deployed
Linting in CI pipeline
Trivy operator deployed
Karpenter deployed
Node pools tested
PVC resize tested
"""


def found(*texts):
    return match([Line(number, text, ticked=True) for number, text in enumerate(texts, 1)], ITEMS)


def test_reworded_lines_find_their_item_or_none():
    right = 0
    for row in REWORDED.splitlines():
        id, _, text = row.partition("|")
        lines = found(text).lines
        assert set(lines) <= {id}, text
        right += id in lines

    assert right >= 62


def test_lines_of_other_checklists_find_none():
    assert found(*OTHERS.splitlines()).lines == {}
    assert LIKE > 0.63


def test_a_section_that_is_ticked_whole_is_a_heading_and_no_item():
    assert read("".join(f"- [x] {title}\n### ✅ {title}\n" for title in TITLES.values()), TITLES) == ()
    assert found("Infrastructure", "Security", "Team").lines == {}


@given(
    st.randoms(use_true_random=False),
    st.lists(
        st.sampled_from(
            ["**{}**", "[{}](https://wiki.example)", "{} — Ann, 2026-01-02", "`{}`", "{} (see JIRA-1)", "12. {}", "{} ✔", "<b>{}</b>"]
        ),
        min_size=1,
    ),
    st.sampled_from(["- [x] ", "* [X] ", "  1. [✓] ", "- ✅ ", "> - [x] ", "☑ "]),
)  # fmt: skip
@settings(max_examples=20, deadline=None)
def test_shuffled_and_decorated_the_whole_list_is_known(order, decorations, bullet):
    texts = [line[6:].strip() for line in ORIGINAL.splitlines() if line.startswith("- [ ]")]
    order.shuffle(texts)
    decorated = [decorations[at % len(decorations)].format(text) for at, text in enumerate(texts)]
    lines = read("\n".join(bullet + text for text in decorated), TITLES)
    result = match(lines, ITEMS)

    assert (set(result.lines), result.left, result.guessed) == ({item.id for item in ITEMS}, (), frozenset())


@given(
    st.lists(st.sampled_from([item.text for item in ITEMS] + OTHERS.splitlines()), max_size=30), st.randoms()
)
@settings(max_examples=40, deadline=None)
def test_every_line_is_used_once_or_told(texts, order):
    lines = [Line(at, text, ticked=order.random() < 0.5) for at, text in enumerate(texts, 1)]
    result = match(lines, ITEMS)

    told = sorted(
        [*(line.number for line in result.lines.values()), *(row.line.number for row in result.left)]
    )
    assert told == list(range(1, len(texts) + 1))
    assert len(result.lines) + len(result.left) == len(lines)
    assert result == match(lines[::-1], ITEMS)
