"""Generates functions from a grammar: every construct in every position, hot ones rare or frequent by function.

The text is valid Python for `ast`; it need not compile (`await` and `return` stand where the grammar lets them).
"""

import random
import sys
from collections.abc import Callable

_NAMES = ("a", "b", "value", "größe", "self", "x1")
_ATOMS = (
    "1",
    "2.5",
    "None",
    "'t'",
    "b'y'",
    "...",
    "'''two\nlines'''",
    "'é' 'ü'",
    "r'\\d'",
    "()",
    "[]",
    "{}",
    "-1",
    "1j",
    "'# no comment'",
)


class Program:
    """Writes functions; `heat` is the chance that a construct which autoconvert rejects is chosen."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.heat = 0.0
        self.depth = 0

    def functions(self, count: int) -> str:
        """Return a module with at least `count` functions, some in classes and blocks, indented with spaces or tabs."""
        parts = ["# -*- coding: utf-8 -*-\n"]
        for index in range(count):
            self.heat = self.random.choice((0.0, 0.01, 0.03, 0.1, 0.4))
            lines = self.top(index)
            parts.append("\n".join(lines) + "\n" * self.random.choice((1, 2, 3)))
        return "".join(parts)

    def top(self, index: int) -> list[str]:
        """Return a function, a lambda, or a block around one."""
        function = self.function(f"f{index}")
        shape = self.random.random()
        if shape < 0.55:
            return function
        if shape < 0.65:
            return self.lambda_statement(index)
        if shape < 0.85:
            return ["class C:", *self.indented(function)]
        if shape < 0.95:
            return ["if a:", *self.indented(["class C:", *self.indented(function)])]
        return ["def outer():", *self.indented([*function, f"return f{index}"])]

    def indented(self, lines: list[str]) -> list[str]:
        """Return a block; rows inside of strings and brackets may stand anywhere and move along as well."""
        step = self.random.choice(("    ", "    ", "  ", "\t"))
        moved = [step + row for line in lines for row in line.split("\n")]
        if self.random.random() < 0.03:
            moved.insert(self.random.randrange(1, len(moved) + 1), "# at column 0")
        return moved

    def lambda_statement(self, index: int) -> list[str]:
        """Return a statement with one lambda on its row, in different surroundings."""
        text = self.lambda_()
        return [
            self.pick("x{0} = {1}", "x{0} = ({1})", "call({1}, x{0})", "x{0} = [({1})]", "x{0} = (  {1}  )").format(
                index, text
            )
        ]

    # -- choices ----------------------------------------------------------------------------------

    def pick(self, *items: str) -> str:
        """Return one of `items`."""
        return self.random.choice(items)

    def maybe(self, text: Callable[[], str], chance: float = 0.5) -> str:
        """Return the text or nothing."""
        return text() if self.random.random() < chance else ""

    def many(self, item: Callable[[], str], low: int = 0, high: int = 3) -> str:
        """Return items with commas between them."""
        return ", ".join(item() for _ in range(self.random.randint(low, high)))

    # -- expressions ------------------------------------------------------------------------------

    def expression(self) -> str:
        """Return an expression; below a depth only atoms."""
        self.depth += 1
        try:
            if self.depth > 3 or self.random.random() < 0.4:
                return self.atom()
            if self.random.random() < self.heat:
                return self.hot()
            return self.cold()
        finally:
            self.depth -= 1

    def atom(self) -> str:
        """Return a name or a literal."""
        return self.random.choice(_NAMES if self.random.random() < 0.6 else _ATOMS)

    def hot(self) -> str:
        """Return an expression that autoconvert rejects where it looks."""
        e = self.expression
        kinds: tuple[Callable[[], str], ...] = (
            lambda: f"({e()} if {e()} else {e()})",
            lambda: f"[{e()} {self.generators()}]",
            lambda: "{" + f"{e()} {self.generators()}" + "}",
            lambda: "{" + f"{e()}: {e()} {self.generators()}" + "}",
            lambda: f"({e()} {self.generators()})",
            lambda: f"call({e()} {self.generators()})",
            lambda: f"({self.lambda_()})",
            lambda: f"(yield {e()})",
            lambda: f"(yield from {e()})",
            lambda: "(yield)",
        )
        return self.random.choice(kinds)()

    def cold(self) -> str:
        """Return an expression that is let through, with any in it."""
        e = self.expression
        kinds: tuple[Callable[[], str], ...] = (
            lambda: f"{self.callee()}({self.arguments()})",
            lambda: f"{self.callee()}({self.arguments()})",
            lambda: f"{self.callee()}(\n    {self.arguments()}\n)",
            lambda: f"{self.name()}.attribute",
            lambda: f"({e()}).attribute.other",
            lambda: f"{self.name()}[{self.index()}]",
            lambda: f"({e()})[{self.index()}]",
            lambda: f"[{self.many(self.element)}]",
            lambda: f"({self.element()}, {self.many(self.element)})",
            lambda: "{" + f"{e()}, {self.many(self.element)}" + "}",
            lambda: "{" + ", ".join(self.item() for _ in range(self.random.randint(1, 3))) + "}",
            lambda: f"({e()} {self.pick('+', '-', '*', '@', '/', '//', '%', '**', '<<', '|', '&', '^')} {e()})",
            lambda: f"({self.pick('not', '-', '~', '+')} ({e()}))",
            lambda: f"({e()} {self.pick('and', 'or')} {e()} {self.pick('and', 'or')} {e()})",
            lambda: f"({e()} {self.comparison()} {e()} {self.comparison()} {e()})",
            lambda: f"(name := {e()})",
            self.formatted,
            lambda: f"(({e()}))",
            lambda: f"( # a comment\n  {e()}\n)",
        )
        return self.random.choice(kinds)()

    def name(self) -> str:
        """Return a name."""
        return self.random.choice(_NAMES)

    def callee(self) -> str:
        """Return what is called, which is not looked into."""
        if self.random.random() < 0.7:
            return self.pick("call", "m.call", "self.m.call", "call(1)", "m[0]")
        return f"({self.expression()})"

    def comparison(self) -> str:
        """Return a comparison operator."""
        return self.pick("==", "<", "is", "is not", "in", "not in", "!=")

    def element(self) -> str:
        """Return an element of a display."""
        return self.pick("", "", "", "*") + self.primary()

    def primary(self) -> str:
        """Return an expression in parentheses, which can stand behind a star."""
        return f"({self.expression()})" if self.random.random() < 0.4 else self.name()

    def item(self) -> str:
        """Return an item of a dict."""
        return f"**{self.primary()}" if self.random.random() < 0.2 else f"{self.expression()}: {self.expression()}"

    def index(self) -> str:
        """Return what stands in a subscript."""
        e = self.expression
        return self.random.choice(
            (
                lambda: e(),
                lambda: f"{self.maybe(e)}:{self.maybe(e)}",
                lambda: f"{self.maybe(e)}:{self.maybe(e)}:{self.maybe(e)}",
                lambda: f"{e()}, {e()}:, ...",
                lambda: f"*{self.primary()}, 1" if sys.version_info >= (3, 11) else e(),
            )
        )()

    def arguments(self, *, late_stars: bool = True) -> str:
        """Return the arguments of a call, with `late_stars` stars behind keywords as well (not in bases: libcst)."""
        first = [
            self.element() if self.random.random() < 0.3 else self.expression()
            for _ in range(self.random.randint(0, 2))
        ]
        later = ("k{0}={1}", "k{0}={1}", "**({1})", *(["*({1})"] * late_stars))
        rest: list[str] = []
        for number in range(self.random.randint(0, 3)):
            shape = self.random.choice(later)
            if shape.startswith("*(") and any(part.startswith("**") for part in rest):
                continue
            rest.append(shape.format(number, self.expression()))
        return ", ".join([*first, *rest])

    def generators(self) -> str:
        """Return the `for` parts of a comprehension."""
        parts = []
        for _ in range(self.random.choice((1, 1, 2))):
            parts.append(f"for {self.pick('i', 'i, j', '(i, *j)', 'm.i', 'm[0]')} in ({self.expression()})")
            parts += [f"if ({self.expression()})"] * self.random.choice((0, 0, 1))
        return " ".join(parts)

    def lambda_(self) -> str:
        """Return a lambda."""
        body = f"({self.expression()})" if self.random.random() < 0.8 else self.name()
        return f"lambda {self.parameters(annotated=False)}: {body}"

    def formatted(self) -> str:
        """Return an f-string on one row; before Python 3.12 without quotes and backslashes inside."""
        inner = [self.simple() for _ in range(3)]
        return self.random.choice(
            (
                lambda: f'f"é {{{inner[0]}}} text {{{inner[1]}!r:>{{{inner[2]}}}}}"',
                lambda: f"f'''{{{inner[0]}}}\n {{{inner[1]}}}'''",
                lambda: f'"é" f"{{({inner[0]})}}" \'b\' f"{{{inner[1]}:.2f}}"',
                lambda: f'rf"{{{inner[0]} }}{{{{}}}}"',
            )
        )()

    def simple(self) -> str:
        """Return an expression without quotes, braces or line ends."""
        if self.random.random() < self.heat * 2:
            return self.pick(
                "(a if b else c)",
                "[i for i in a]",
                "(yield a)",
                "call(i for i in a)",
                "(lambda: a)",
                "(i for i in a)",
                "call(1)(a if b else c)",
            )
        return self.pick("a", "a.b", "call(a)", "call(a, k=b)", "a[0]", "a + b", "(a, b)", "a and b", "größe")

    # -- parameters -------------------------------------------------------------------------------

    def parameters(self, *, annotated: bool = True) -> str:
        """Return the parameters of a function, of all kinds."""
        count = iter(range(20))

        def parameter(default: bool) -> str:
            note = f": {self.expression()}" if annotated and self.random.random() < 0.4 else ""
            return f"p{next(count)}{note}" + (f" = {self.expression()}" if default else "")

        plain = [parameter(False) for _ in range(self.random.randint(0, 2))]
        with_default = [parameter(True) for _ in range(self.random.randint(0, 2))]
        parts = [*plain, *with_default]
        if parts and self.random.random() < 0.2:
            parts.insert(self.random.randint(1, len(parts)), "/")
        if self.random.random() < 0.4:
            keyword_only = [parameter(self.random.random() < 0.5) for _ in range(self.random.randint(1, 2))]
            parts += ["*" if self.random.random() < 0.5 else "*" + parameter(False), *keyword_only]
        if self.random.random() < 0.3:
            parts.append("**" + parameter(False))
        return ", ".join(parts)

    # -- statements -------------------------------------------------------------------------------

    def function(self, name: str) -> list[str]:
        """Return a function with decorators, annotations and a body."""
        decorators = [f"@{self.pick('d', 'm.d', 'd(1)', 'd(x=[i for i in a])', 'd(lambda: 1)')}"] * self.random.choice(
            (0, 0, 1, 2)
        )
        returns = self.maybe(
            lambda: f" -> {self.pick(self.expression(), 'int', chr(34) + 'T if a else b' + chr(34))}", 0.4
        )
        generic = "[T: (int, str)]" if sys.version_info >= (3, 12) and self.random.random() < 0.1 else ""
        kind = "async def" if self.random.random() < 0.03 else "def"
        head = f"{kind} {name}{generic}({self.parameters()}){returns}:"
        if self.random.random() < 0.05:
            return [*decorators, f"{head} return {self.expression()}"]
        return [*decorators, head, *self.block(kind == "async def", 0)]

    def block(self, is_async: bool, level: int) -> list[str]:
        """Return an indented block of statements."""
        lines: list[str] = []
        for _ in range(self.random.randint(1, 3 if level == 0 else 1)):
            lines += self.statement(is_async, level)
        if self.random.random() < 0.1:
            lines.append("# a last comment")
        step = self.random.choice(("    ", "    ", "  "))
        return [step + row for line in lines for row in line.split("\n")]

    def statement(self, is_async: bool, level: int) -> list[str]:
        """Return the lines of one statement."""
        if self.random.random() < self.heat and level < 3:
            return self.compound(is_async, level)
        if self.random.random() < 0.08 and level < 3:
            return self.admitted(is_async, level)
        return [self.simple_statement()]

    def simple_statement(self) -> str:
        """Return a statement of one logical line."""
        e = self.expression
        if self.random.random() < self.heat / 2:
            return self.pick(f"raise {e()}", f"raise {e()} from {e()}", "raise")
        kinds: tuple[Callable[[], str], ...] = (
            lambda: f"{self.target()} = {e()}",
            lambda: f"{self.target()} = {e()}",
            lambda: f"{self.target()} = {self.target()} = {e()}",
            lambda: f"{self.pick('a', 'm.a', 'm[0]', f'm[{e()}].a', f'call({e()})[{e()}]')}: {e()} = {e()}",
            lambda: f"a: {e()}",
            lambda: f"{self.pick('a', 'm.a', f'call({e()}).a', f'm[{e()}]')} {self.pick('+=', '//=', '|=')} {e()}",
            e,
            lambda: f"return {e()}",
            lambda: f"assert {e()}, {e()}",
            lambda: f"del m.a, m[{e()}]",
            lambda: self.pick("import os.path as p, sys", "from . import a", "from ..m import (a, b as c)"),
            lambda: self.pick("global g", "pass", "a = 1; b = 2"),
            lambda: f'"""A text\n{self.pick("at column 0", "    inside")}\n"""',
        )
        return self.random.choice(kinds)()

    def target(self) -> str:
        """Return the target of an assignment."""
        e = self.expression
        kinds: tuple[Callable[[], str], ...] = (
            lambda: "a",
            lambda: "m.a",
            lambda: f"({e()}).a",
            lambda: f"({e()}).a.b",
            lambda: f"({e()})[{self.index()}]",
            lambda: f"a, *({e()}).b",
            lambda: f"a, (b, ({e()}).c)",
            lambda: f"[a, ({e()})[{e()}]]",
            lambda: f"a, ({e()}).b" if self.random.random() < 0.3 else "a, b",
        )
        return self.random.choice(kinds)()

    def compound(self, is_async: bool, level: int) -> list[str]:
        """Return a block that autoconvert rejects."""
        e, block = self.expression, lambda: self.block(is_async, level + 1)
        prefix = "async " if is_async and self.random.random() < 0.5 else ""
        kinds: tuple[Callable[[], list[str]], ...] = (
            lambda: [f"if {e()}:", *block(), f"elif {e()}:", *block(), "else:", *block()],
            lambda: [f"{prefix}for {self.target()} in {e()}:", *block()],
            lambda: [f"while {e()}:", *block(), "else:", *block()],
            lambda: ["try:", *block(), f"except {e()} as x:", *block(), "else:", *block(), "finally:", *block()],
            lambda: [f"{prefix}with ({e()}) as {self.pick('a', 'm.a', '(a, b)')}, {e()}:", *block()],
            lambda: self.function("inner"),
            lambda: [f"class K({self.arguments(late_stars=False)}):", *block()],
        )
        return self.random.choice(kinds)()

    def admitted(self, is_async: bool, level: int) -> list[str]:
        """Return a block that autoconvert does not mind."""
        block = self.block(is_async, level + 1)
        if sys.version_info >= (3, 11) and self.random.random() < 0.4:
            return ["try:", *block, f"except* ({self.expression()}) as x:", *self.block(is_async, level + 1)]
        case = self.pick("1", "[a, *b]", "{'k': v, **rest}", "C(x=1, y=a)", "a.b | None", "str() as t", "-1")
        guard = self.maybe(lambda: f" if {self.expression()}", 0.3)
        rows = ["case " + case + guard + ":", *block, "case _:", "    pass"]
        return [f"match {self.expression()}:", *("    " + row for line in rows for row in line.split("\n"))]


def module(seed: int, count: int) -> str:
    """Return the text of a module with at least `count` functions, the same for the same seed."""
    return Program(seed).functions(count)
