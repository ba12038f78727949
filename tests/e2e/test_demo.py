"""The demo platform runs, its network does what its policies say, and exactly what is wrong in it is found."""

import json

import pytest

from seatrial.testing.cluster.demo import assess, profile

WRONG = {
    "restricted-enforced": {"messaging", "search"},
    "running-pods-compliant": {"analytics/collector", "analytics/feature-store", "analytics/history"},
    "no-privilege-escalation": {"analytics/history/history"},
    "read-only-root-filesystem": {"analytics/history/history", "search/indexer/fix-owner"},
    "run-as-non-root": {"search/indexer/fix-owner", "messaging/sms-gateway/sms-gateway"},
    "non-root-enforced": {"search/indexer/fix-owner", "messaging/sms-gateway/sms-gateway"},
    "seccomp-profile-set": {"analytics/collector/collector"},
    "no-unconfined-seccomp": {"analytics/collector/collector"},
    "drop-all-capabilities": {"search/crawler/crawler", "search/indexer/fix-owner"},
    "added-capabilities": {"analytics/feature-store/feature-store"},
    "memory-limit": {"messaging/mailer/mailer", "messaging/webhooks/signing-proxy"},
    "cpu-limit": {"messaging/webhooks/signing-proxy"},
    "resource-requests": {"messaging/webhooks/signing-proxy"},
    "default-deny": {"analytics"},
    "no-allow-all": {"search"},
    "dns-egress-allowed": {"analytics"},
    "pods-isolated": {
        f"analytics/{name}" for name in ("collector", "dashboards", "feature-store", "history")
    },
    "horizontal-autoscaler": {"shop/catalog", "shop/checkout"},
    "autoscaler-range": {"shop/cart"},
    "stateful-pod-owner": {"orders/order-export"},
    "headless-service": {"search/index"},
    "node-service-coverage": {"platform-ops/node problems"},
    "scheduled-task-enabled": {"messaging/mail digest"},
    "scheduled-task-success": {"analytics/warehouse load"},
    "concurrency-policy": {"shop/price sync"},
    "disruption-budget": {"search/search-api", "shop/storefront"},
    "disruption-budget-scope": {"search/search-api"},
    "disruption-allowed": {"payments/payments-api"},
    "critical-component-priority": {"observability/alert-router"},
    "pod-priority": {f"analytics/{name}" for name in ("collector", "dashboards", "feature-store", "history")},
    "quota-bounds-compute": {"analytics", "messaging"},
    "quota-bounds-memory-limits": {"analytics", "messaging"},
    "quota-bounds-storage": {"analytics", "messaging"},
    "limit-range-defaults": {"messaging", "search"},
}
"""What the demo gets wrong: by claim, the subjects that fail it. Whatever else it looks like is right, or a trap."""

EVERY_AUTOSCALER = "autoscaler-active"
"""No metrics server runs, so every autoscaler says that it cannot scale."""


@pytest.fixture(scope="module")
def claims(demo_cluster):
    done = assess(demo_cluster, "assess", "-q", "--profile", str(profile()), "-o", "json")

    assert done.returncode == 1, done.stderr
    return {claim["id"]: claim for item in json.loads(done.stdout)["items"] for claim in item["claims"]}


def failing(claim):
    return {
        "/".join(
            part
            for part in (row["subject"].get(key, "") for key in ("namespace", "name", "facet"))
            if part
        )
        for row in claim["findings"]
        if row["outcome"] == "fail"
    }  # fmt: skip


def test_exactly_what_is_wrong_is_found(claims):
    found = {id: failing(claim) for id, claim in claims.items() if id != EVERY_AUTOSCALER}

    assert {id: names for id, names in found.items() if names} == WRONG


def test_without_metrics_every_autoscaler_says_that_it_does_not_scale(claims, demo_cluster):
    assert len(failing(claims[EVERY_AUTOSCALER])) == len(demo_cluster.get("hpa", "-A")["items"]) > 0


def test_the_limits_of_a_sidecar_come_from_the_limit_range(demo_cluster):
    """Its template has none: who reads manifests alone finds a fault where there is none."""
    template = demo_cluster.get("deployment", "-n", "shop", "pricing")["spec"]["template"]
    pod = demo_cluster.get("pods", "-n", "shop", "-l", "app=pricing")["items"][0]

    assert "limits" not in container(template, "rules-sync").get("resources", {})
    assert container(pod, "rules-sync")["resources"]["limits"] == {"cpu": "200m", "memory": "64Mi"}


def container(holder, name):
    return next(row for row in holder["spec"]["containers"] if row["name"] == name)


@pytest.mark.parametrize(
    ("caller", "callee", "answers"),
    [
        ("shop/storefront", "cart.shop", True),
        ("shop/checkout", "payments-api.payments", True),
        ("orders/orders-api", "notifier.messaging", True),
        ("payments/payments-api", "cart.shop", False),
        ("messaging/notifier", "card-vault.payments", False),
        ("analytics/dashboards", "card-vault.payments", False),
        # all policies of search are undone by one that was to help for a day
        ("analytics/dashboards", "search-api.search", True),
    ],
)
def test_who_may_call_whom(demo_cluster, caller, callee, answers):
    namespace, _, name = caller.partition("/")
    said = demo_cluster.kubectl(
        "exec", "-n", namespace, f"deployment/{name}", "--", "/serve", "get", f"http://{callee}.svc.cluster.local/",
        check=False,
    )  # fmt: skip

    assert ("200 hello from" in said) is answers, said
