"""The NeMo-Run and Fiddle API by qualified name: what each spelling of it means."""

from __future__ import annotations

from collections.abc import Mapping

# Packages whose files are never read: what counts of them stands in this module.
API_PACKAGES = frozenset({"nemo_run", "fiddle"})

AUTOCONVERT = "nemo_run.autoconvert"
RUN_CONFIG = "nemo_run.Config"
RUN_PARTIAL = "nemo_run.Partial"
SCRIPT = "nemo_run.Script"
FACTORY = "nemo_run.cli.factory"
ENTRYPOINT = "nemo_run.cli.entrypoint"
AUTO_CONFIG = "fiddle.auto_config"
AUTO_UNCONFIG = "fiddle.auto_unconfig"
EXEMPT = "fiddle.exempt"
INLINED_PARTIAL = "fiddle.inlined_partial"
ARG_FACTORY_PARTIAL = "fiddle.arg_factory.partial"
FIDDLE_CONFIG = "fiddle.Config"
FIDDLE_PARTIAL = "fiddle.Partial"
ARG_FACTORY = "fiddle.ArgFactory"
BUILDABLE = "fiddle.Buildable"
BUILD = "fiddle.build"

RUN_BUILDABLES = frozenset({RUN_CONFIG, RUN_PARTIAL})
FIDDLE_BUILDABLES = frozenset({FIDDLE_CONFIG, FIDDLE_PARTIAL, ARG_FACTORY, BUILDABLE})
BUILDABLES = RUN_BUILDABLES | FIDDLE_BUILDABLES
# Calls of these give a Buildable of their first argument: targets are counted on them.
TARGET_CALLS = RUN_BUILDABLES | {FIDDLE_CONFIG, FIDDLE_PARTIAL, ARG_FACTORY}
PARTIALS = frozenset({RUN_PARTIAL, FIDDLE_PARTIAL, ARG_FACTORY})

_AUTO_CONFIG_MODULES = (
    "fiddle.experimental.auto_config",
    "fiddle._src.experimental.auto_config",
    "fiddle.auto_config",
    "fiddle.experimental.auto_config.auto_config",
)
_SPELLINGS: dict[str, str] = {
    "nemo_run.api.autoconvert": AUTOCONVERT,
    "nemo_run.config.Config": RUN_CONFIG,
    "nemo_run.config.Partial": RUN_PARTIAL,
    "nemo_run.api.Config": RUN_CONFIG,
    "nemo_run.api.Partial": RUN_PARTIAL,
    "nemo_run.cli.api.Config": RUN_CONFIG,
    "nemo_run.cli.api.Partial": RUN_PARTIAL,
    "nemo_run.config.Script": SCRIPT,
    "nemo_run.cli.api.factory": FACTORY,
    "nemo_run.cli.api.entrypoint": ENTRYPOINT,
    "fiddle._src.arg_factory.partial": ARG_FACTORY_PARTIAL,
    "fiddle._src.config.Config": FIDDLE_CONFIG,
    "fiddle.config.Config": FIDDLE_CONFIG,
    "fiddle._src.config.Buildable": BUILDABLE,
    "fiddle.config.Buildable": BUILDABLE,
    "fiddle._src.partial.Partial": FIDDLE_PARTIAL,
    "fiddle._src.partial.ArgFactory": ARG_FACTORY,
    "fiddle._src.building.build": BUILD,
    "fiddle.building.build": BUILD,
}
for _module in _AUTO_CONFIG_MODULES[:2]:
    for _name, _meaning in (
        ("auto_config", AUTO_CONFIG),
        ("auto_unconfig", AUTO_UNCONFIG),
        ("exempt", EXEMPT),
        ("inlined_partial", INLINED_PARTIAL),
    ):
        _SPELLINGS[f"{_module}.{_name}"] = _meaning


_MEANINGS = frozenset(_SPELLINGS.values()) | {AUTOCONVERT, RUN_CONFIG, RUN_PARTIAL, "nemo_run.cli", "nemo_run.run"}


def api_name(qualified: str, aliases: Mapping[str, str]) -> str | None:
    """Return the one name of the API that `qualified` spells, or None where it is no name of the API.

    A name of the API that has no entry of its own is its own meaning. `aliases` are the team's wrappers
    (the setting `api-aliases`), by qualified name.
    """
    alias = aliases.get(qualified)
    if alias is not None:
        return _SPELLINGS.get(alias, alias)
    if qualified.partition(".")[0] in API_PACKAGES:
        return _SPELLINGS.get(qualified, qualified)
    return None


def has_meaning(qualified: str) -> bool:
    """Whether a dotted name spells a part of the API that counts here: other names may not exist at all."""
    return qualified in _SPELLINGS or qualified in _MEANINGS
