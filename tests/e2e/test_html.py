"""The HTML page in a real browser: read, tabbed through, folded, printed, and asked by axe-core what is wrong."""

import os
import shutil
import subprocess
import sys

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
SIZES = {"desk": {"width": 1280, "height": 900}, "phone": {"width": 390, "height": 844}}
CONTRASTS = ("light", "dark")


@pytest.fixture(scope="module")
def browser():
    found = next((path for name in NAMES if (path := shutil.which(name))), None)
    if found is None:
        reason = f"none of {', '.join(NAMES)} is installed (Debian: apt-get install chromium)"
        if os.environ.get("SEATRIAL_REQUIRE_REAL"):
            pytest.fail(f"a real browser is required: {reason}", pytrace=False)
        pytest.skip(f"NOT TRIED IN A REAL BROWSER: {reason}")
    with sync_playwright() as playwright:
        # root has no sandbox of its own; the page is ours
        running = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
        yield running
        running.close()


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    """The demo's page, as a user gets it."""
    file = tmp_path_factory.mktemp("page") / "demo.html"
    done = subprocess.run(
        [sys.executable, "-m", "seatrial", "assess", "--demo", "-q", "-o", f"html={file}"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1, done.stderr
    return file.as_uri()


@pytest.fixture
def opened(browser, report):
    """Opens the page; whatever it asks of a network, or complains of, is an error."""
    contexts, asked, said = [], [], []

    def opening(size="desk", scheme="light", at="", **options):
        context = browser.new_context(
            viewport=SIZES[size], color_scheme=scheme, reduced_motion="reduce", **options
        )
        contexts.append(context)
        page = context.new_page()
        page.on("request", lambda request: asked.append(request.url.partition("#")[0]))
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.goto(report + at)
        return page

    yield opening
    for context in contexts:
        context.close()
    assert set(asked) <= {report}
    assert said == []


def unfold(page):
    page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")


@pytest.mark.parametrize(
    ("size", "scheme", "folded"),
    [("desk", "light", True), ("desk", "light", False), ("desk", "dark", False), ("phone", "dark", False)],
)
def test_axe_finds_nothing(opened, size, scheme, folded):
    page = opened(size, scheme)
    if not folded:
        unfold(page)

    result = Axe().run(page)

    assert result.violations_count == 0, result.generate_report()
    assert len(result.response["passes"]) > 20


@pytest.mark.parametrize("size", SIZES)
def test_nothing_is_wider_than_the_screen(opened, size):
    page = opened(size)
    unfold(page)

    assert page.evaluate("document.documentElement.scrollWidth") == SIZES[size]["width"]


@pytest.mark.parametrize("scheme", CONTRASTS)
def test_the_policy_lets_the_style_through(opened, scheme):
    page = opened(scheme=scheme)

    shade = sum(page.evaluate("getComputedStyle(document.body).backgroundColor.match(/\\d+/g).map(Number)"))
    assert (shade > 600) is (scheme == "light")


def test_a_cell_of_the_map_unfolds_its_item(opened):
    page = opened()
    body = page.locator("[id='i3.2']")
    assert not body.is_visible()

    page.locator(".map a[href='#i3.2']").click()

    assert body.is_visible()
    assert page.get_by_text("Security Contexts configured for all workloads").last.is_visible()


def test_a_link_from_elsewhere_unfolds_its_item(opened):
    assert opened(at="#i17.4").locator("[id='i17.4']").is_visible()


def test_it_works_without_javascript(opened):
    page = opened(java_script_enabled=False)
    item = page.locator("[id='i3.7']")

    page.get_by_role("heading", name="3 Pod Security").click()
    page.locator("details.item > summary", has_text="Resource limits set for all pods").click()

    assert item.is_visible()


def test_the_keyboard_reaches_the_skip_link_then_the_map_and_unfolds(opened):
    page = opened()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to what fails"
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    page.keyboard.press("Enter")
    assert page.url.endswith("#fail")

    page.locator("details.section > summary").nth(2).focus()
    page.keyboard.press("Enter")
    assert page.locator("[id='s3']").is_visible()


def test_a_screen_reader_hears_the_state_the_parts_and_each_item(opened):
    page = opened()

    assert page.get_by_role("heading", name="219 open items of 220", level=2).count() == 1
    for name in ("Map", "Fail", "Next", "Clock", "Changes", "Who signs", "All items", "Declared", "Not read"):
        assert page.get_by_role("region", name=name, exact=True).count() == 1
    assert page.get_by_role("navigation", name="Parts of this page").count() == 1
    assert page.get_by_role("link", name="3.2 fail", exact=True).count() == 1
    assert page.get_by_role("link", name="16.1 fail, waived", exact=True).count() == 1


def test_on_paper_all_that_fails_is_open_and_the_rest_is_named(opened):
    page = opened()
    page.emulate_media(media="print")

    assert page.locator("[id='i3.2']").is_visible()
    assert page.locator("[id='i17.4']").get_by_text("How to fix").first.is_visible()
    assert page.locator("details.item > summary", has_text="Velero deployed and configured").is_visible()
    assert not page.locator("[id='i18.1']").is_visible()
    assert not page.get_by_role("navigation").is_visible()


def test_it_prints_to_a_pdf_of_a_bearable_length(opened):
    pdf = opened().pdf(prefer_css_page_size=True)
    pages = pdf.count(b"/Type /Page\n")

    assert pdf.startswith(b"%PDF")
    assert 10 <= pages <= 60
