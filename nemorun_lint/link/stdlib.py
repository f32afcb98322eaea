"""Facts on callables of Python's standard library that no source shows: measured with Python 3.11 and fiddle 0.3.

`stdlib_callables.json` holds them; a test measures them again on that Python.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import msgspec

# How a callable is called in stubs -> where the table lists it.
_MODULE_ALIASES = {"posixpath": "os.path", "ntpath": "os.path", "genericpath": "os.path", "_random": "random"}


class Facts(msgspec.Struct, frozen=True):
    """Names by module: callables without a signature, that cannot be serialized, that are written in C."""

    no_signature: dict[str, str]
    unserializable: dict[str, str]
    builtin: dict[str, str]
    methods_without_signature: dict[str, str]
    fiddle_exempt: dict[str, str]


@lru_cache(maxsize=1)
def facts() -> Facts:
    """Return the table."""
    data = Path(__file__).with_name("stdlib_callables.json").read_bytes()
    return msgspec.json.decode(data, type=Facts)


def has_signature(qualified: str) -> bool:
    """Whether fiddle finds a signature of a standard library callable."""
    return not _listed(facts().no_signature, qualified)


def is_serializable(qualified: str) -> bool:
    """Whether a reference to a standard library callable can be serialized for launch."""
    return not _listed(facts().unserializable, qualified) and not _listed(facts().no_signature, qualified)


def method_has_signature(type_name: str, method: str) -> bool:
    """Whether fiddle finds a signature of a method of a builtin type's instance."""
    return method not in facts().methods_without_signature.get(type_name, "").split()


def is_builtin_function(qualified: str) -> bool:
    """Whether a standard library callable is a function written in C (fiddle's own auto_config exempts these)."""
    return _listed(facts().builtin, qualified)


# What fiddle's policy `v1` exempts beside the builtins and functions in C (`auto_config_policy.V1_SKIPLIST`); the same
# from fiddle 0.2.8 to 0.3.1.
_FIDDLE_EXEMPT = frozenset(
    """
    copy.copy copy.deepcopy inspect.signature typing.cast
    itertools.accumulate itertools.chain itertools.chain.from_iterable itertools.combinations
    itertools.combinations_with_replacement itertools.compress itertools.count itertools.cycle itertools.dropwhile
    itertools.groupby itertools.islice itertools.permutations itertools.product itertools.repeat itertools.starmap
    itertools.takewhile itertools.tee itertools.zip_longest
    logging.critical logging.debug logging.error logging.exception logging.fatal logging.info logging.log logging.warn
    logging.warning
    logging.Logger.critical logging.Logger.debug logging.Logger.error logging.Logger.exception logging.Logger.fatal
    logging.Logger.info logging.Logger.warn logging.Logger.warning
    """.split()
)


def is_exempt_under_fiddle(qualified: str) -> bool:
    """Whether fiddle's own auto_config calls a standard library callable instead of making a Config of it."""
    module, _, name = qualified.rpartition(".")
    if qualified in _FIDDLE_EXEMPT or is_builtin_function(qualified):
        return True
    return module == "builtins" and name in facts().fiddle_exempt["builtins"].split()


# Callables whose value depends on where and when they run, by module; "*" for all of a module.
_ENVIRONMENT_READS = {
    "builtins": "input open",
    "os": "getenv getenvb getcwd getcwdb cpu_count getpid getppid getlogin getuid uname listdir"
    " scandir walk stat urandom",
    "os.path": "abspath exists expanduser expandvars getatime getctime getmtime getsize isdir isfile islink realpath",
    "time": "*",
    "random": "random randint randrange choice choices sample uniform gauss shuffle getrandbits normalvariate",
    "socket": "gethostname getfqdn gethostbyname",
    "platform": "*",
    "getpass": "getuser getpass",
    "uuid": "uuid1 uuid4",
    "tempfile": "mkdtemp mkstemp gettempdir mktemp TemporaryDirectory NamedTemporaryFile",
    "glob": "glob iglob",
    "subprocess": "*",
    "shutil": "which disk_usage",
    "datetime": "datetime.now datetime.utcnow datetime.today date.today",
    "pathlib": "Path.home Path.cwd",
}


def reads_environment(qualified: str) -> bool:
    """Whether a standard library callable reads the machine, the clock or chance."""
    return _listed(_ENVIRONMENT_READS, qualified)


# Builtins without side effects whose call as a statement changes nothing.
PURE_BUILTINS = frozenset(
    """
    abs all any ascii bin bool bytes callable chr complex dict divmod enumerate filter float format frozenset hash hex
    id int isinstance issubclass len list map max min object oct ord pow range repr reversed round set slice sorted str
    sum tuple type zip
    """.split()
)


def _listed(table: dict[str, str], qualified: str) -> bool:
    """Whether a qualified name stands in a table of names by module; the module part may be of any length."""
    parts = qualified.split(".")
    for length in range(len(parts) - 1, 0, -1):
        module = ".".join(parts[:length])
        names = table.get(_MODULE_ALIASES.get(module, module))
        if names is not None:
            listed = names.split()
            return "*" in listed or ".".join(parts[length:]) in listed
    return False
