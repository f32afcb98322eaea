"""Reduce a record to what other modules can see of it: no bodies of functions."""

from __future__ import annotations

import msgspec

from nemorun_lint.ir import nodes
from nemorun_lint.ir.record import ModuleRecord

Block = tuple[nodes.Statement, ...]


def strip_bodies(record: ModuleRecord) -> ModuleRecord:
    """Return `record` with every function's body empty, without suppressions, and `is_interface` set."""
    return ModuleRecord(_block(record.body), (), record.syntax_error, True, record.may_have_walrus)


def _block(block: Block) -> Block:
    return tuple([_statement(item) for item in block])


def _statement(node: nodes.Statement) -> nodes.Statement:
    """Strip functions wherever statements nest: classes, branches, loops, handlers, cases."""
    replace = msgspec.structs.replace
    match node:
        case nodes.FunctionDef():
            return replace(node, body=())
        case nodes.ClassDef() | nodes.With():
            return replace(node, body=_block(node.body))
        case nodes.If():
            return _if(node)
        case nodes.For() | nodes.While():
            return replace(node, body=_block(node.body), orelse=_block(node.orelse))
        case nodes.Try():
            handlers = tuple([replace(item, body=_block(item.body)) for item in node.handlers])
            body, orelse, final = _block(node.body), _block(node.orelse), _block(node.finalbody)
            return replace(node, body=body, handlers=handlers, orelse=orelse, finalbody=final)
        case nodes.Match():
            return replace(node, cases=tuple([replace(item, body=_block(item.body)) for item in node.cases]))
    return node


def _if(node: nodes.If) -> nodes.Statement:
    """Strip a chain of `elif` from its end, so that long ones need no deep recursion."""
    chain = [node]
    while len(node.orelse) == 1 and isinstance(node.orelse[0], nodes.If):
        node = node.orelse[0]
        chain.append(node)
    orelse = _block(node.orelse)
    for node in reversed(chain):
        stripped = msgspec.structs.replace(node, body=_block(node.body), orelse=orelse)
        orelse = (stripped,)
    return stripped
