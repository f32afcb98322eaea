"""The documents: generated parts are up to date, and what they name exists."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from nemorun_lint import __version__
from nemorun_lint.rules import all_rules
from nemorun_lint.settings_schema import _CHECKS, Settings
from tests.documentation import README, ROOT, render, rule_table

DOCUMENTS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md", ROOT / "examples" / "README.md"]
TEXT = README.read_text(encoding="utf-8")


def test_generated_parts_are_up_to_date() -> None:
    assert render(TEXT) == TEXT, "run `make docs`"


def test_drift_is_seen() -> None:
    code = all_rules()[0].code
    drifted = TEXT.replace(f"| {code} |", "| NR000 |")
    assert drifted != TEXT
    assert render(drifted) == render(TEXT)


def test_missing_markers_are_an_error() -> None:
    with pytest.raises(ValueError, match="must have the markers of 'rules' once, not 0 times"):
        render(TEXT.replace("<!-- rules: end -->", ""))


def test_every_rule_is_in_the_table() -> None:
    rows = rule_table().splitlines()[2:]
    assert [row.split(" | ")[0] for row in rows] == [f"| {rule.code}" for rule in all_rules()]


@pytest.mark.parametrize("rule", all_rules(), ids=lambda rule: rule.code)
def test_the_summary_is_one_sentence(rule: object) -> None:
    summary = rule.summary  # type: ignore[attr-defined]
    assert summary.endswith(".")
    assert "\n" not in summary
    assert len(summary) < 200


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_links_lead_somewhere(document: Path) -> None:
    for target in re.findall(r"\]\((?!https?:)([^)#]+)\)", document.read_text(encoding="utf-8")):
        assert (document.parent / target).exists(), target


def test_the_readme_names_every_setting_and_no_other() -> None:
    section = TEXT.partition("## Settings")[2].partition("\n## ")[0]
    named = set(re.findall(r"^([a-z-]+) =", section, re.MULTILINE)) | set(re.findall(r"`([a-z-]+)`", section))
    assert set(_CHECKS) <= named | {"api-aliases"}
    assert named - set(_CHECKS) <= {"check"}
    assert {name.replace("_", "-") for name in Settings.__struct_fields__} - {"directory", "source"} == set(_CHECKS)


def test_the_settings_of_the_readme_are_valid(tmp_path: Path) -> None:
    from nemorun_lint.settings import load

    block = next(text for text in re.findall(r"```toml\n(.*?)```", TEXT, re.DOTALL) if "[tool.nemorun-lint]" in text)
    (tmp_path / "pyproject.toml").write_text(block, encoding="utf-8")
    settings = load(tmp_path / "pyproject.toml", {rule.name: rule.code for rule in all_rules()})
    assert settings.api_aliases == (("mycompany.cfg.Config", "nemo_run.Config"),)
    assert settings.ignore == ("NR112",)


def test_codes_in_documents_exist() -> None:
    known = tuple(rule.code for rule in all_rules())
    for document in DOCUMENTS:
        for code in re.findall(r"\bNR\d+", document.read_text(encoding="utf-8")):
            assert any(rule.startswith(code) for rule in known), f"{document.name}: {code}"


def test_the_changelog_has_a_place_for_what_comes() -> None:
    assert "## [Unreleased]" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert re.fullmatch(r"\d+\.\d+\.\d+(?:\.dev\d+)?", __version__)
