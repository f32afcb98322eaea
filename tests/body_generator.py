"""Generates autoconvert bodies: valid statements, and mostly one use of one value whose meaning is in question.

A use is a template over a value, so the table below is a product: what a call gives (`VALUES`) times what is done
with it (`USES`). Whether a product is a mistake is not written here: the run time says so (`meaning_judge`).
In templates `$name` is a name of the vocabulary and `{e}` the value.
"""

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Value:
    """An expression of the type `type`; `equal` is a literal that equals it in the ordinary world.

    `falsy` says that it is false in one of the worlds, `effect` that the call leaves a trace, `opaque` that nobody
    can tell what is called without running it: there a mistake may be passed over, though nothing else may be blamed.
    """

    text: str
    type: str
    equal: str = ""
    falsy: bool = False
    effect: bool = False
    opaque: bool = False


@dataclass(frozen=True)
class Use:
    """What is done with a value: statements separated by newlines, then the expression or `return` statement.

    Of the values of `types`, those with the property `needs` take part whose text `only` matches and `never` does
    not: these leave out what agrees by chance alone, as a comparison whose answer is the same for every object.
    """

    name: str
    text: str
    types: str = "*"
    needs: str = ""
    only: str = ""
    never: str = r"^$"


@dataclass(frozen=True)
class Body:
    """A function of a generated module; `culprits` are the 1-based rows in the file that may be blamed."""

    name: str
    feature: str
    first_row: int
    text: str
    culprits: frozenset[int]
    opaque: bool = False


def _effect(text: str, type_: str, equal: str = "") -> Value:
    return Value(text, type_, equal, falsy=type_ in {"int", "str", "list", "bool", "none"}, effect=True)


VALUES = (
    # numbers
    Value("3", "int", "3"),
    Value("n", "int", "3"),
    Value("$INSTANCE.a", "int", "7"),
    Value("$Color.RED.value", "int", "1"),
    Value("$Inner(3).a", "int", "3"),
    Value("$Holder($Inner(2)).value.a", "int", "2"),
    Value("$Inner(3).double", "int", "6"),
    Value("$Inner().a", "int", "1"),
    Value("$Inner(b='x').kind", "str", "'inner'"),
    Value("$Plain(3).a", "int", "3"),
    Value("$Plain(3).level", "int", "3"),
    Value("$Inner(2).scaled(3)", "int", "6"),
    Value("$Plain(3).method(2)", "int", "2"),
    Value("$INSTANCE.scaled(2)", "int", "14"),
    Value("$PLAIN.method(2)", "int", "2"),
    Value("$make_inner(3).a", "int", "3"),
    Value("$auto_inner(2).a", "int", "2"),
    Value("$auto_plain(2).a", "int", "2"),
    Value("$config_inner(2).a", "int", "2"),
    Value("run.Config($Inner, a=3).a", "int", "3"),
    Value("$CONFIG.a", "int", "9"),
    _effect("$add(1, 2)", "int", "3"),
    _effect("$add(n)", "int", "5"),
    _effect("$untyped(4)", "int", "4"),
    _effect("$Plain.plus(1, 2)", "int", "3"),
    _effect("$wrapped(1, 2)", "int", "3"),
    _effect("$Sized([1])(4)", "int", "4"),
    Value("$cached(4)", "int", "4"),
    Value("len([1, 2])", "int", "2"),
    Value("len([])", "int", "0", falsy=True),
    Value("abs(-n)", "int", "3"),
    Value("round(2.4)", "int", "2"),
    Value("sum([1, 2])", "int", "3"),
    Value("int('3')", "int", "3"),
    Value("int()", "int", "0", falsy=True),
    Value("max(1, 2)", "int", "2"),
    Value("getattr($INSTANCE, 'a')", "int", "7"),
    Value("'abc'.find('b')", "int", "1"),
    Value("[1, 2].count(1)", "int", "1"),
    Value("operator.add(1, 2)", "int", "3"),
    Value("math.floor(2.5)", "int", "2"),
    # strings
    Value("'text'", "str", "'text'"),
    Value("s", "str", "'s'"),
    _effect("$name_of(3)", "str", "'n3'"),
    Value("str(3)", "str", "'3'"),
    Value("str()", "str", "''", falsy=True),
    Value("repr(3)", "str", "'3'"),
    Value("os.path.join('base', 'b')", "str", "'base/b'"),
    Value("'a'.upper()", "str", "'A'"),
    Value("'{}'.format(3)", "str", "'3'"),
    Value("', '.join(['a', 'b'])", "str", "'a, b'"),
    Value("' a '.strip()", "str", "'a'"),
    Value("s.replace('s', 't')", "str", "'t'"),
    Value("$name_of(1).upper()", "str", "'N1'"),
    # objects
    Value("$Inner(3)", "object"),
    Value("$Inner(a=n, b=s)", "object"),
    Value("$Child(3, c=$Inner())", "object"),
    Value("$Required(3)", "object"),
    Value("$Plain(3)", "object"),
    Value("$Bare(3, x=4)", "object"),
    Value("$Sized([1])", "object", falsy=True),
    Value("$Point(1, 2)", "tuple", "(1, 2)"),
    Value("$Point(1, y=2)", "tuple", "(1, 2)"),
    _effect("$make_inner(3)", "object"),
    _effect("$make_plain(3)", "object"),
    _effect("$Plain.create(3)", "object"),
    Value("$INSTANCE", "object"),
    Value("$PLAIN", "object"),
    Value("$auto_inner(3)", "object"),
    Value("$auto_config_inner(3)", "object"),
    Value("$auto_plain(3)", "object"),
    Value("$auto_factory_inner(3)", "object"),
    Value("$CONFIG", "object"),
    Value("run.Config($Inner, a=3)", "object"),
    Value("run.Config($Plain, a=$Inner(3))", "object"),
    Value("run.Config[$Inner]($Inner, a=3)", "object"),
    Value("fdl.Config($Inner, a=3)", "object"),
    _effect("$config_inner(3)", "object"),
    _effect("$config_unannotated(3)", "object"),
    Value("$config_changed(3)", "object"),
    _effect("$config_of_config(3)", "object"),
    Value("$factory_inner(3)", "object"),
    Value("Path('/x')", "path"),
    Value("dataclasses.replace($INSTANCE, a=4)", "object"),
    Value("copy.copy($INSTANCE)", "object"),
    Value("copy.deepcopy($CONFIG)", "object"),
    Value("$CONFIG.clone()", "object"),
    Value("$make_class()(3)", "object", opaque=True),
    Value("$Color(1)", "object", "$Color.RED"),
    Value("object.__new__($Bare)", "object"),
    # containers
    Value("[1, 2]", "list", "[1, 2]"),
    Value("$NUMBERS", "list", "[1, 2]"),
    Value("[$Inner(1), $Inner(2)]", "list"),
    _effect("$make_list(2)", "list", "[0, 1]"),
    Value("list((1, 2))", "list", "[1, 2]"),
    Value("list(range(2))", "list", "[0, 1]"),
    Value("list()", "list", "[]", falsy=True),
    Value("sorted([2, 1])", "list", "[1, 2]"),
    Value("'a b'.split()", "list", "['a', 'b']"),
    Value("$Inner(tags=[1, 2]).tags", "list", "[1, 2]"),
    Value("$Inner().tags", "list", "[]", falsy=True),
    Value("{'a': 1, 'b': 2}", "dict", "{'a': 1, 'b': 2}"),
    Value("$TABLE", "dict", "{'a': 1, 'b': 2}"),
    _effect("$make_dict(a=1, b=2)", "dict", "{'a': 1, 'b': 2}"),
    Value("dict(a=1, b=2)", "dict", "{'a': 1, 'b': 2}"),
    Value("vars($INSTANCE)", "dict"),
    Value("(1, 2)", "tuple", "(1, 2)"),
    _effect("$pair(1, 2)", "tuple", "(1, 2)"),
    Value("divmod(7, 2)", "tuple", "(3, 1)"),
    Value("tuple([1, 2])", "tuple", "(1, 2)"),
    Value("set([1, 2])", "set", "{1, 2}"),
    Value("frozenset([1, 2])", "set", "{1, 2}"),
    # nothing, truth and callables
    Value("None", "none", "None", falsy=True),
    Value("$maybe(3)", "none", "3", falsy=True, effect=True),
    _effect("$flag()", "bool", "True"),
    Value("True", "bool", "True"),
    Value("isinstance($INSTANCE, $Inner)", "bool", "True"),
    Value("hasattr($INSTANCE, 'zzz')", "bool", "False", falsy=True),
    Value("$add", "callable"),
    Value("$Inner", "callable"),
    Value("$auto_inner", "callable"),
    Value("functools.partial($add, 1)", "callable"),
    Value("functools.partial($Inner, b='x')", "callable"),
    Value("run.Partial($add, 1)", "callable"),
    Value("fdl.Partial($add, 1)", "callable"),
    Value("$partial_add(1)", "callable"),
    Value("$auto_partial(1)", "callable"),
    _effect("$make_adder(2)", "callable"),
    Value("operator.itemgetter(0)", "callable"),
    Value("$INSTANCE.scaled", "callable"),
    Value("int", "callable"),
)

# Values whose truth and whose identity with None are the same whatever they are made of, and the opposite.
_PLAINLY = r"^(\$(Inner|Child|Plain|Bare|Required|INSTANCE|PLAIN|auto_\w+|CONFIG|maybe)\b(?!\.)|run\.Config\(|None$)"

USES = (
    # as it is
    Use("argument", "{e}"),
    Use("positional", "$Holder({e})"),
    Use("keyword", "$Holder(other={e})"),
    Use("plain-argument", "$Plain({e}, b=1)"),
    Use("extra-argument", "$Bare(1, extra={e})"),
    Use("variable", "x = {e}\nx"),
    Use("annotated-variable", "x: object = {e}\n$Holder(x)"),
    Use("chained-variable", "x = y = {e}\n[x, y]"),
    Use("tuple-assignment", "x, y = {e}, 1\n[x, y]"),
    Use("walrus", "$Holder(x := {e}, x)"),
    Use("in-list", "[{e}, 1]"),
    Use("in-tuple", "(1, {e})"),
    Use("in-dict", "{{'k': {e}}}"),
    Use("in-nested", "[{{'k': ({e}, 2)}}]"),
    Use("in-partial", "functools.partial($untyped, y={e})"),
    Use("in-run-config", "run.Config($Holder, value={e})"),
    Use("in-star", "$Holder(*[{e}, 2])"),
    Use("in-stars", "$Holder(**{{'value': {e}}})"),
    Use("through-function", "$untyped({e})", "int str object list dict tuple none"),
    Use("through-auto", "$auto_inner({e})", "int str object"),
    Use("set-on-config", "x = run.Config($Holder)\nx.value = {e}\nx"),
    Use("set-on-object", "x = $Holder()\nx.value = {e}\nx"),
    Use("set-in-list", "x = [0]\nx[0] = {e}\nx"),
    Use("set-in-dict", "x = {{}}\nx['k'] = {e}\nx"),
    # in strings
    Use("f-string", 'f"v-{{{e}}}"', "int str list dict object tuple none bool"),
    Use("f-string-conversion", 'f"{{{e}!r:>9}}"', "int str list none"),
    Use("f-string-width", 'f"{{1:{{{e}}}}}"', "int"),
    Use("percent", '"v-%s" % {e}', "int str list object none"),
    Use("percent-tuple", '"%s-%s" % (1, {e})', "int str list object none"),
    # as operand
    Use("plus", "{e} + 1", "int"),
    Use("plus-right", "1 + {e}", "int"),
    Use("minus", "-{e}", "int"),
    Use("times", "2 * {e}", "int str list"),
    Use("concatenate", "{e} + 'x'", "str"),
    Use("concatenate-right", "'x' + {e}", "str"),
    Use("concatenate-list", "{e} + [3]", "list"),
    Use("slash", "{e} / 'a'", "path"),
    Use("merge", "{e} | {{'z': 1}}", "dict"),
    Use("augmented", "x = {e}\nx += 1\nx", "int"),
    Use("augmented-list", "x = {e}\nx += [3]\nx", "list"),
    Use("augmented-by", "x = 1\nx += {e}\nx", "int"),
    # as condition
    Use("equal", "{e} == {c}", "*", "equal"),
    Use("equal-right", "{c} == {e}", "*", "equal"),
    Use("is-none", "{e} is None", "none object", only=_PLAINLY),
    Use("is-not-none", "{e} is not None", "none object", only=_PLAINLY),
    Use("less", "{e} < 100", "int"),
    Use("chain", "0 <= {e} <= 100", "int"),
    Use("in", "1 in {e}", "list tuple set", never="split"),
    Use("in-mapping", "'a' in {e}", "dict"),
    Use("member", "{e} in [{c}]", "int str", "equal"),
    Use("not", "not {e}", "*", "falsy"),
    Use("or", "{e} or 5", "*", "falsy"),
    Use("or-object", "{e} or $Inner(3)", "object", only=_PLAINLY),
    Use("and", "{e} and 5", "*", "falsy"),
    Use("or-last", "None or {e}"),
    Use("and-last", "n and {e}"),
    Use("assert", "assert {e} == {c}\n1", "int str list", "equal"),
    Use("assert-truth", "assert {e}\n1", "int str list", "effect"),
    Use("assert-object", "assert {e}\n1", "object", only=_PLAINLY),
    Use("match-value", "match {e}:\n    case {c}:\n        x = 1\n    case _:\n        x = 2\nx", "int str", "equal"),
    Use("match-dotted", "match {e}:\n    case $Color.RED:\n        x = 1\n    case _:\n        x = 2\nx", "int"),
    Use("match-any", "match {e}:\n    case x:\n        pass\nx", "int object"),
    Use(
        "match-class",
        "match {e}:\n    case $Inner(a=3):\n        x = 1\n    case _:\n        x = 2\nx",
        "object",
        only=r"^\$(Inner|Child|make_inner|INSTANCE)",
    ),
    Use(
        "match-sequence",
        "match {e}:\n    case [x, _]:\n        pass\n    case _:\n        x = 2\nx",
        "list tuple",
        never=r"^list\(\)",
    ),
    Use("match-mapping", "match {e}:\n    case {{'a': x}}:\n        pass\n    case _:\n        x = 2\nx", "dict"),
    # parts of it
    Use("index", "{e}[0]", "list tuple str"),
    Use("slice", "{e}[0:1]", "list tuple str"),
    Use("key", "{e}['a']", "dict"),
    Use("set-index", "x = {e}\nx[0] = 9\nx", "list"),
    Use("set-key", "x = {e}\nx['k'] = 9\nx", "dict"),
    Use("set-index-twice", "x = {e}\nx[0] += 9\nx", "list"),
    Use("delete-index", "x = {e}\ndel x[0]\nx", "list"),
    Use("unpack", "x, y = {e}\n[y, x]", "list tuple"),
    Use("unpack-star", "x, *y = {e}\n[y, x]", "list tuple"),
    Use("star-element", "[*{e}, 3]", "list tuple set"),
    Use("star-argument", "$Holder(*{e})", "list tuple"),
    Use("stars-argument", "$Bare(**{e})", "dict"),
    Use("stars-element", "{{**{e}, 'z': 1}}", "dict"),
    Use("read", "{e}.a", "object"),
    Use("read-double", "{e}.double", "object"),
    Use("read-variable", "x = {e}\n$Holder(x, x.a)", "object"),
    Use("read-x", "{e}.x", "tuple"),
    Use("write", "x = {e}\nx.a = 5\nx", "object", never="Required|Sized|Bare|Color|changed"),
    Use("write-inline", "{e}.a = 5\n[$INSTANCE, $PLAIN, $CONFIG]", "object"),
    Use("write-annotated", "x = {e}\nx.a: int = 5\nx", "object", never="Required|Sized|Bare|Color|changed"),
    Use("write-augmented", "x = {e}\nx.a += 5\nx", "object", never="Required|Sized|Bare|Color|changed"),
    Use("write-in-tuple", "x = {e}\nx.a, y = 5, 6\n[x, y]", "object"),
    Use("write-chain", "x = {e}\nx.a = y = 5\n[x, y]", "object"),
    Use("delete-attribute", "x = {e}\ndel x.a\nx", "object"),
    Use("append", "x = {e}\nx.append(3)\nx", "list"),
    Use("update", "x = {e}\nx.update(z=1)\nx", "dict"),
    Use("method", "{e}.scaled(2)", "object"),
    Use("setattr", "x = {e}\nsetattr(x, 'a', 5)\nx", "object", never="Color"),
    # calls
    Use("statement", "{e}\n1", "*", "effect"),
    Use("awkward-statement", "[{e}]\n1", "*", "effect"),
    Use("tuple-statement", "{e}, 2\n1", "*", "effect"),
    Use("print", "print({e})\n1", "int str list"),
    Use("log", "$LOGGER.info({e})\n1", "int str"),
    Use("call", "{e}(1)", "callable"),
    Use("call-in-variable", "x = {e}\nx(1)", "callable"),
    Use("callee-index", "[$add, {e}][1](1)", "callable"),
    Use("callee-lambda", "(lambda: $Inner)()({e})", "int str object"),
    Use("callee-comprehension", "[x for x in ($Inner, $Plain)][1]({e})", "int str object"),
    # control flow
    Use("if-else", "{e} if n else 1"),
    Use("if", "if n:\n    x = {e}\nelse:\n    x = 1\nx"),
    Use("for", "x = []\nfor i in [1]:\n    x = {e}\nx"),
    Use("while", "x = 0\nwhile not x:\n    x = [{e}]\nx"),
    Use("try", "try:\n    x = {e}\nfinally:\n    pass\nx"),
    Use("with", "with contextlib.nullcontext():\n    x = {e}\nx"),
    Use("list-comprehension", "[{e} for i in (1, 2)]"),
    Use("dict-comprehension", "{{i: {e} for i in (1, 2)}}"),
    Use("set-comprehension", "{{i for i in (1, 2)}}", "int"),
    Use("generator", "list(i for i in (1, {e}))", "int"),
    Use("lambda", "$untyped((lambda: {e})())"),
    Use("def", "def g():\n    return {e}\ng()"),
    Use("class", "class K:\n    x = {e}\nK.x", "int"),
    Use("try-star", "try:\n    x = {e}\nexcept* ValueError:\n    x = 'caught'\nx"),
    # results
    Use("return", "return {e}"),
    Use("return-variable", "x = {e}\nreturn x"),
    Use("return-list", "return [{e}]"),
    Use("return-list-of-two", "return [{e}, $Inner(1)]"),
    Use("return-mixed-list", "return [$Inner(1), {e}, 3]"),
    Use("return-nested-list", "return [[{e}]]"),
    Use("return-tuple", "return ($Inner(1), {e})"),
    Use("return-dict", "return {{'k': {e}}}"),
    Use("return-nothing", "x = {e}\nx\nreturn", "object"),
    Use("no-return", "x = {e}\nreturn None", "object"),
    Use("default", "DEFAULT", "int str object list callable none"),
    Use("default-keyword", "DEFAULT*", "int str object list callable none"),
)

_MARK = re.compile(r"\$(\w+)")
_LITERALS = (
    "1",
    "0.5",
    "'t'",
    "None",
    "True",
    "n",
    "s",
    "n + 1",
    "f'{s}-{n}'",
    "[1, n]",
    "{'k': n}",
    "(n, s)",
    "-n",
    "s * 2",
)
_CALLS = (
    "$Inner({0})",
    "$Inner(a={0}, b=s)",
    "$Child(1, c={0})",
    "$Holder({0}, other={1})",
    "$Holder(value={0})",
    "$Plain({0})",
    "$Bare({0}, key={1})",
    "$Point({0}, {1})",
    "$untyped({0})",
    "$make_inner({0})",
    "$pair({0}, {1})",
    "$auto_inner({0})",
    "$auto_plain(a={0})",
    "run.Config($Inner, a={0})",
    "run.Config($Plain, {0}, b={1})",
    "run.Partial($untyped, y={0})",
    "functools.partial($Holder, value={0})",
    "[{0}, {1}]",
    "{{'k': {0}, 'l': {1}}}",
    "({0}, {1})",
    "os.path.join('a', s)",
    "list((1, {0}))",
    "$add(n, b=n)",
    "$add",
    "$Color.BLUE",
    "$make_adder(n)",
    "$Plain.create({0})",
    "$Plain(\n    {0},\n    b={1},\n)",
)
_STATEMENTS = (
    "{v} = {0}",
    "{v}: object = {0}",
    "{v}_a, {v}_b = {0}, {1}\n{v} = {v}_a, {v}_b",
    "{v} = [0, {0}]\n{v}[0] = {1}",
    "{v} = {{'k': {0}}}\n{v}['l'] = {1}",
    "{v} = $Holder({0})\n{v}.other = {1}",
    "{v} = run.Config($Inner, a={0})\n{v}.b = s",
    "{v} = $auto_inner()\n{v}.a = {0}",
    "{v} = $Inner({0})\n{v} = $Holder({v}, other={v}.a)",
    "{v} = n\n{v} += 2",
    "{v} = [1]\n{v} += [{0}]",
    "assert n == 3, 'never'\n{v} = {0}",
    "match s:\n    case 's':\n        {v} = {0}\n    case _:\n        {v} = {1}",
    "import string\n{v} = string.digits",
    "'a comment as a string'\n{v} = {0}",
    "{v} = [{v}_b := {0}, {v}_b]",
    "{v}_a, *{v}_b = [{0}, {1}, 1]\n{v} = [{v}_b, {v}_a]",
    "{v} = n > 2 and s == 's'",
    "{v} = n or {0}",
    "{v} = $Holder($Holder({0}))\n{v}.value.other = {1}",
    "pass\n{v} = {0}",
    "{v} = '%s-%d' % (s, n)",
    "global UNUSED\n{v} = {0}",
)
IMPORTS = """import contextlib
import copy
import dataclasses
import functools
import math
import operator
import os
from pathlib import Path
from typing import Any

import fiddle as fdl
"""


class Writer:
    """Writes one module: the way its names are imported is chosen once."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.qualified = self.random.random() < 0.4
        self.from_import = self.random.random() < 0.3

    def header(self, names: list[str]) -> str:
        """The imports."""
        own = "import nemo_run as run\n"
        if self.from_import:
            own = "from nemo_run import Config, Partial, autoconvert as convert\n"
        used = (
            "import body_vocabulary as bv\n" if self.qualified else f"from body_vocabulary import {', '.join(names)}\n"
        )
        return IMPORTS + own + used

    def spell(self, text: str) -> str:
        """`text` with its names as this module imports them."""
        text = _MARK.sub(r"bv.\1" if self.qualified else r"\1", text)
        if self.from_import:
            text = text.replace("run.Config", "Config").replace("run.Partial", "Partial")
            text = text.replace("run.autoconvert", "convert")
        return text

    def expression(self, depth: int = 0) -> str:
        """A valid expression."""
        if depth > 2 or self.random.random() < 0.35 + 0.2 * depth:
            return self.random.choice(_LITERALS)
        template = self.random.choice(_CALLS)
        return template.format(self.expression(depth + 1), self.expression(depth + 1))

    def statements(self, name: str) -> list[str]:
        """Valid statements that bind `name`."""
        text = self.random.choice(_STATEMENTS).format(self.expression(1), self.expression(1), v=name)
        return text.split("\n")


def products() -> Iterator[tuple[Value, Use]]:
    """Every pair of a value and a use of it."""
    for use in USES:
        for value in VALUES:
            if _fits(value, use):
                yield value, use


def _fits(value: Value, use: Use) -> bool:
    if use.types != "*" and value.type not in use.types.split():
        return False
    if re.search(use.never, value.text) or not re.search(use.only, value.text):
        return False
    if use.name.startswith(("return", "no-return")) and value.text in {"n", "s"}:
        return False  # a parameter may be given a Config
    if use.text.startswith("DEFAULT") and re.search(r"\b[ns]\b", value.text):
        return False
    return not use.needs or bool(getattr(value, use.needs))


def write_body(writer: Writer, name: str, row: int, pair: tuple[Value, Use] | None) -> Body:
    """Write the function `name`, whose decorator stands in `row`."""
    parameters = "n: int = 3, s: str = 's'"
    used: list[str] = []
    lines = _valid_part(writer, used)
    first = len(lines)
    feature, result, defaults = _feature_part(pair, lines)
    last = len(lines)
    lines += _valid_part(writer, used)
    inlined = len(lines)
    if result.startswith("return"):
        # What stands before is not returned then, so it must not leave a trace.
        lines[:first] = ["pass"] * first
        lines[last:] = []
        inlined = last
    lines.append(result if result.startswith("return") else _result(writer, result, used))
    head = ["@run.autoconvert", f"def {name}({parameters}{defaults}) -> Any:"]
    text = writer.spell(
        "\n".join([*head, *(line if not line else "    " + line.replace("\n", "\n    ") for line in lines)])
    )
    blamed = [1] if defaults else []
    blamed += _rows(lines, first, last) if pair else []
    blamed += _rows(lines, inlined, inlined + 1) if pair and result != "x_value" else []
    opaque = pair is not None and pair[0].opaque
    return Body(name, feature, row, text, frozenset(row + offset for offset in blamed), opaque)


def _rows(lines: list[str], first: int, last: int) -> list[int]:
    """Offsets of the rows that `lines[first:last]` take, after the two of the head."""
    before = 2 + sum(line.count("\n") + 1 for line in lines[:first])
    return list(range(before, before + sum(line.count("\n") + 1 for line in lines[first:last])))


def _valid_part(writer: Writer, used: list[str]) -> list[str]:
    lines = []
    for _ in range(writer.random.choice((0, 0, 1, 1, 2))):
        used.append(f"v{len(used)}")
        lines.append("\n".join(writer.statements(used[-1])))
    return lines


def _feature_part(pair: tuple[Value, Use] | None, lines: list[str]) -> tuple[str, str, str]:
    """Add the statements of a product to `lines`; its name, its result and the parameters that it adds."""
    if pair is None:
        return "valid", "", ""
    value, use = pair
    feature = f"{use.name}: {value.text}"
    if use.text.startswith("DEFAULT"):
        star = ", *" if use.text.endswith("*") else ""
        return feature, "p", f"{star}, p: Any = {value.text}"
    *statements, result = use.text.format(e=value.text, c=value.equal).split("\n")
    lines += ["\n".join(statements)] if statements else []
    if not result.startswith("return") and len(feature) % 2:
        lines.append(f"x_value = {result}")
        result = "x_value"
    return feature, result, ""


def _result(writer: Writer, result: str, used: list[str]) -> str:
    values = [*used, result] if result else used or [writer.expression(1)]
    shape = writer.random.choice(
        ("$Bare({0})", "$Holder([{0}])", "$Plain(({0},))", "run.Config($Bare, {0})", "$Bare(\n    {0}\n)")
    )
    return "return " + shape.format(", ".join(values))


def write_module(seed: int, pairs: list[tuple[Value, Use] | None], names: list[str]) -> tuple[str, list[Body]]:
    """Write a module with one function for each of `pairs`; its text and its functions."""
    writer = Writer(seed)
    text = writer.header(names)
    bodies = []
    for index, pair in enumerate(pairs):
        text += "\n\n"
        body = write_body(writer, f"body_{index}", text.count("\n") + 1, pair)
        bodies.append(body)
        text += body.text + "\n"
    return text, bodies
