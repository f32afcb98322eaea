"""Places: equal to libcst's own provider, and right where libcst loses white space."""

from __future__ import annotations

import libcst as cst
import pytest
from libcst.metadata import MetadataWrapper, PositionProvider

from nemorun_lint.syntax.positions import PositionError, Positions
from nemorun_lint.text import SourceText

TEXT = """# comment
@dec ( 1 )
async def f(a: int = (1), *b, c="é", **d) -> "ü":
\tif a and (b or c): return {1: [2, *b], **d}  # x
\telif x := f"{a!r:>{b}} {c}": pass
\telse:
\t\tawait (g(y for y in z))

class A(B, metaclass=C): x: int = 1; y = 2 ;
with open("é") as e, (a): del x, y
"""


def test_equals_the_provider_of_libcst() -> None:
    """But for blocks, whose end libcst puts before a last semicolon."""
    wrapper = MetadataWrapper(cst.parse_module(TEXT), unsafe_skip_copy=True)
    source = SourceText("", TEXT)
    own = Positions(wrapper.module, TEXT)
    compared = 0
    for node, place in wrapper.resolve(PositionProvider).items():
        if id(node) not in own.spans or isinstance(node, (cst.BaseSuite, cst.SimpleStatementLine, cst.ClassDef)):
            continue
        ends = [source.offset(at.line, at.column + 1) for at in (place.start, place.end)]
        assert own.spans[id(node)] == tuple(ends), node
        compared += 1
    assert compared > 80


@pytest.mark.parametrize(
    "text",
    [
        "\x0cx = 1\n",
        "\\\nx = 1\n",
        "try: pass\nexcept E : x\n",
        "x = 1\r\ry = x\r",
        "if a:\r    x\r",
        "\x0c\x0cdef f():\n\x0c  return x\n",
        "\ufeffx = 1\n",
    ],
)
def test_white_space_that_libcst_loses_moves_nothing(text: str) -> None:
    module = cst.parse_module(text)
    positions = Positions(module, text)
    names = [node for node in _names(module) if node.value == "x"]
    assert names
    for name in names:
        start, end = positions.spans[id(name)]
        assert text[start:end] == "x"


def test_a_tree_of_another_text_is_refused() -> None:
    with pytest.raises(PositionError, match="offset 4"):
        Positions(cst.parse_module("x = 1\n"), "x = 2\n")


def test_tokens_around_a_node() -> None:
    text = "f((x), [ ( # (\n y ) ])\n"
    module = cst.parse_module(text)
    positions = Positions(module, text)
    y = next(node for node in _names(module) if node.value == "y")
    assert positions.before(y, "(") == text.index("( #")
    assert positions.after(y, ")") == positions.outer_end(y) == text.index(") ]") + 1


def _names(module: cst.Module) -> list[cst.Name]:
    result: list[cst.Name] = []

    class Names(cst.CSTVisitor):
        def visit_Name(self, node: cst.Name) -> None:
            result.append(node)

    module.visit(Names())
    return result
