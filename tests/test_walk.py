"""Walking: the order of Python's own `ast`, and its names."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import pytest
from ast_oracle import everything, oracle, parsed
from lower_samples import SNIPPETS, sample_files

from nemorun_lint.ir import nodes
from nemorun_lint.ir.interface import strip_bodies
from nemorun_lint.ir.lower import lower
from nemorun_lint.ir.walk import children, construct, walk
from nemorun_lint.text import SourceText

# Nodes of `ast` that have no counterpart, or none at the same level.
_LEFT_OUT = (ast.expr_context, ast.operator, ast.unaryop, ast.boolop, ast.cmpop, ast.arguments, ast.Load)


def names_in_ast(node: ast.AST) -> Iterator[str]:
    """Yield class names in the preorder of `ast.iter_child_nodes`."""
    if not isinstance(node, (*_LEFT_OUT, ast.Module)):
        yield type(node).__name__
    for child in ast.iter_child_nodes(node):
        if type(node).__name__ == "TypeAlias" and child is node.name:  # type: ignore[attr-defined]
            continue
        if isinstance(child, ast.arg) or not isinstance(child, ast.keyword):
            yield from names_in_ast(child)
        else:
            yield from ("keyword", *names_in_ast(child.value))


def names_in_ours(node: nodes.Node) -> Iterator[str]:
    name = construct(node)
    if name != "Argument":
        yield name
    for child in children(node):
        if isinstance(node, nodes.Pattern) and node.kind == "MatchSingleton":
            continue
        yield from names_in_ours(child)


def check(text: str) -> None:
    ours = [name for item in lower(SourceText("", text)).body for name in names_in_ours(item)]
    theirs = list(names_in_ast(parsed(text)))
    assert ours == theirs


@pytest.mark.parametrize("text", SNIPPETS)
def test_order_and_names_are_those_of_ast(text: str) -> None:
    try:
        parsed(text)
    except SyntaxError:
        pytest.skip("newer than the running Python")
    check(text)


def test_order_and_names_in_the_standard_library() -> None:
    for path in sample_files(40):
        check(path.read_text("utf-8"))


@pytest.mark.parametrize("text", SNIPPETS)
def test_walk_yields_every_node_once(text: str) -> None:
    for item in lower(SourceText("", text)).body:
        walked = [id(node) for node in walk(item)]
        assert walked[0] == id(item)
        assert len(walked) == len(set(walked))
        assert set(walked) == {id(node) for node in everything(item)}


def test_every_kind_of_node_can_be_walked() -> None:
    seen = {type(node) for text in SNIPPETS for item in lower(SourceText("", text)).body for node in walk(item)}
    assert seen == set(nodes.Node.__subclasses__())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("if a: pass", ["If"]),
        ("async def f(): pass", ["AsyncFunctionDef"]),
        ("x = a if b else c", ["Assign", "IfExp"]),
        ("try: pass\nexcept* E: pass", ["TryStar"]),
        ("x = yield from y", ["YieldFrom"]),
        ("async def f():\n async with a: pass\n async for b in c: pass", ["AsyncWith", "AsyncFor"]),
        ("nonlocal x", ["Nonlocal"]),
    ],
)
def test_names_of_constructs(text: str, expected: list[str]) -> None:
    found = [construct(node) for item in lower(SourceText("", text)).body for node in walk(item)]
    assert [name for name in expected if name not in found] == []


INTERFACE = """
def f(x=lambda: 1): return 1
class A:
    def g(self): return 2
    if x:
        async def h(self): return 3
    else:
        for a in b:
            def i(): return 4
        else:
            def i(): return 4
try:
    def j(): return 5
except E:
    def j(): return 5
else:
    with a:
        def j(): return 5
finally:
    while a:
        def j(): return 5
match x:
    case 1:
        def k(): return 6
"""


def test_an_interface_has_no_bodies_of_functions() -> None:
    record = lower(SourceText("", INTERFACE + "x = 1  # noqa\n"))
    stripped = strip_bodies(record)
    assert stripped.is_interface
    assert stripped.suppressions == ()
    found = [node for item in stripped.body for node in walk(item) if isinstance(node, nodes.FunctionDef)]
    assert [node.name for node in found] == ["f", "g", "h", "i", "i", "j", "j", "j", "j", "k"]
    assert all(node.body == () for node in found)
    assert strip_bodies(stripped) == stripped
    assert not any(isinstance(node, nodes.Return) for item in stripped.body for node in walk(item))


def test_a_long_chain_of_elif_is_stripped_too() -> None:
    record = lower(SourceText("", "if a: pass\n" + "elif b:\n  def f(): return 1\n" * 1000))
    found = [node for node in walk(strip_bodies(record).body[0]) if isinstance(node, nodes.FunctionDef)]
    assert len(found) == 1000
    assert all(node.body == () for node in found)


def test_all_statements_but_functions_stay() -> None:
    text = "a = 1\nif a: b = 2\nclass C:\n  d: int = 1\n"
    record = lower(SourceText("", text))
    assert strip_bodies(record).body == record.body == lower(SourceText("", text)).body
    assert len(oracle(text)) == len(record.body)
