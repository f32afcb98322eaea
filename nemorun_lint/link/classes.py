"""Classes: their bases in order, what they are (dataclass, enum, exception ...) and the fields of dataclasses."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from nemorun_lint.ir import nodes as ir
from nemorun_lint.ir.walk import walk
from nemorun_lint.link.names import Program
from nemorun_lint.link.symbols import BuiltinSymbol, ClassSymbol, FunctionSymbol, Symbol, UnknownSymbol, ValueSymbol

_MAX_BASES = 60
_DATACLASS = frozenset({"dataclasses.dataclass"})
# Bases that add nothing that counts here, so that not finding their source loses nothing.
_HARMLESS = frozenset(
    {
        "object", "typing.Generic", "typing.Protocol", "typing_extensions.Protocol", "abc.ABC",
        "typing_extensions.Generic", "contextlib.ContextDecorator",
    }
)  # fmt: skip


@dataclass(frozen=True)
class Field:
    """A field of a dataclass; `has_value` tells that it has a default, `factory` that the default is made anew."""

    name: str
    annotation: ir.Expr
    default: ir.Expr | None
    factory: bool
    in_init: bool
    owner: ClassSymbol
    keyword_only: bool = False

    @property
    def has_value(self) -> bool:
        """Whether a Config that does not set the field can be asked for it."""
        return self.default is not None and not self.factory


@dataclass(frozen=True)
class Ancestry:
    """A class and its bases, nearest first; `complete` is false where a base could not be found."""

    classes: tuple[ClassSymbol, ...]
    names: frozenset[str]
    complete: bool


def ancestry(program: Program, symbol: ClassSymbol) -> Ancestry:
    """Return the class and its bases in the order of a depth-first search."""
    found: list[ClassSymbol] = []
    names: set[str] = set()
    complete = _collect(program, symbol, found, names)
    return Ancestry(tuple(found), frozenset(names), complete)


def _collect(program: Program, symbol: ClassSymbol, found: list[ClassSymbol], names: set[str]) -> bool:
    if symbol in found:
        return True
    if len(found) >= _MAX_BASES:
        return False
    found.append(symbol)
    names.add(symbol.qualified)
    complete = True
    for argument in symbol.definition.arguments:
        if argument.keyword is not None or argument.stars:
            continue
        base = base_symbol(program, symbol, argument.value)
        if isinstance(base, ClassSymbol):
            complete &= _collect(program, base, found, names)
        elif isinstance(base, BuiltinSymbol):
            names.add(base.name)
        else:
            name = getattr(base, "name", "")
            names.add(name)
            complete &= name in _HARMLESS or is_stub(symbol)
    return complete


def is_named_tuple(lineage: Ancestry) -> bool:
    """Whether the class is made by `typing.NamedTuple`."""
    return bool(lineage.names & {"typing.NamedTuple", "typing_extensions.NamedTuple"})


def is_enum(lineage: Ancestry) -> bool:
    """Whether the class is an enumeration."""
    return bool(lineage.names & {"enum.Enum", "enum.Flag"})


def is_stub(symbol: ClassSymbol | FunctionSymbol) -> bool:
    """Whether a symbol comes from a stub file: in effect, from the standard library."""
    return symbol.module.path.endswith(".pyi")


def base_symbol(program: Program, symbol: ClassSymbol, base: ir.Expr) -> Symbol:
    """Return what a base expression of a class means; subscripts such as `Generic[T]` are taken off."""
    while isinstance(base, ir.Subscript):
        base = base.value
    found = program.resolve(symbol.module, symbol.scope, base)
    if isinstance(found, ValueSymbol) and isinstance(found.value, ir.Subscript):
        return base_symbol(program, ClassSymbol(found.module, symbol.definition, found.scope), found.value)
    if isinstance(found, ValueSymbol):
        return UnknownSymbol("base class from a value", f"{found.module.name}.{found.name}")
    return found


def _changes_classes(program: Program, symbol: ClassSymbol) -> bool:
    """Whether a metaclass or `__init_subclass__` may make a dataclass of the class or those derived from it."""
    for argument in symbol.definition.arguments:
        if argument.keyword == "metaclass":
            found = program.resolve(symbol.module, symbol.scope, argument.value)
            if not (isinstance(found, ClassSymbol) and is_stub(found)):
                return True
    hook = program.inner_scope(symbol.definition, symbol.scope).bindings.get("__init_subclass__", ())
    return any(symbol.module.record.is_interface or _hands_on(binding.node) for binding in hook)


def _hands_on(hook: ir.Node) -> bool:
    """Whether a method gives its class to a function."""
    if not isinstance(hook, ir.FunctionDef) or not hook.parameters:
        return True
    own = hook.parameters[0].name
    arguments = (a.value for s in hook.body for call in walk(s) if isinstance(call, ir.Call) for a in call.arguments)
    return any(isinstance(value, ir.Name) and value.name == own for value in arguments)


def dataclass_decorator(program: Program, symbol: ClassSymbol) -> ir.Expr | None:
    """Return the `dataclasses.dataclass` decorator of a class."""
    for decorator in symbol.definition.decorators:
        expression = decorator.function if isinstance(decorator, ir.Call) else decorator
        found = program.resolve(symbol.module, symbol.scope, expression)
        if symbol_name(found) in _DATACLASS:
            return decorator
    return None


def is_dataclass(program: Program, symbol: ClassSymbol) -> bool | None:
    """Tell whether `dataclasses.is_dataclass` holds for a class; None where a base or decorator is unknown."""
    lineage = ancestry(program, symbol)
    if any(dataclass_decorator(program, each) is not None for each in lineage.classes):
        return True
    own = [each for each in lineage.classes if not is_stub(each)]
    if not lineage.complete or any(each.definition.decorators or _changes_classes(program, each) for each in own):
        return None
    return False


def fields_of(program: Program, symbol: ClassSymbol) -> dict[str, Field]:
    """Return the fields of a dataclass by name, those of its bases included."""
    found: dict[str, Field] = {}
    for each in reversed(ancestry(program, symbol).classes):
        if dataclass_decorator(program, each) is not None:
            found.update((item.name, item) for item in _own_fields(program, each))
    return found


def _own_fields(program: Program, symbol: ClassSymbol) -> Iterator[Field]:
    decorator = dataclass_decorator(program, symbol)
    keyword_only = isinstance(decorator, ir.Call) and _is_true(_options(decorator).get("kw_only"))
    for statement in symbol.definition.body:
        if not isinstance(statement, ir.AnnotatedAssign) or not isinstance(statement.target, ir.Name):
            continue
        if _names_type(statement.annotation, "ClassVar"):
            continue
        if _names_type(statement.annotation, "KW_ONLY"):
            keyword_only = True
            continue
        yield _field(program, symbol, statement.target.name, statement, keyword_only)


def _field(
    program: Program, symbol: ClassSymbol, name: str, statement: ir.AnnotatedAssign, keyword_only: bool
) -> Field:
    annotation, value = statement.annotation, statement.value
    if isinstance(value, ir.Call) and not any(argument.stars for argument in value.arguments):
        called = program.resolve(symbol.module, symbol.scope, value.function)
        if symbol_name(called) == "dataclasses.field":
            options = _options(value)
            init = options.get("init")
            in_init = not (isinstance(init, ir.Constant) and init.value is False)
            default = options.get("default", options.get("default_factory"))
            keyword_only = _is_true(options["kw_only"]) if "kw_only" in options else keyword_only
            return Field(name, annotation, default, "default_factory" in options, in_init, symbol, keyword_only)
    return Field(name, annotation, value, False, True, symbol, keyword_only)


def _options(call: ir.Call) -> dict[str | None, ir.Expr]:
    return {argument.keyword: argument.value for argument in call.arguments}


def _is_true(option: ir.Expr | None) -> bool:
    return isinstance(option, ir.Constant) and option.value is True


def _names_type(annotation: ir.Expr, name: str) -> bool:
    if isinstance(annotation, ir.Subscript):
        annotation = annotation.value
    if isinstance(annotation, ir.Constant) and isinstance(annotation.value, str):
        return annotation.value.split("[")[0].rpartition(".")[2].strip() == name
    return isinstance(annotation, (ir.Name, ir.Attribute)) and annotation.name == name


def symbol_name(symbol: Symbol) -> str:
    """Return the qualified name of a function, class or name that was not found; "" for others."""
    if isinstance(symbol, (FunctionSymbol, ClassSymbol)):
        return symbol.qualified
    return symbol.name if isinstance(symbol, (UnknownSymbol, BuiltinSymbol)) else ""


def find_member(program: Program, symbol: ClassSymbol, name: str) -> Symbol | None:
    """Return what a class or its bases bind `name` to; None where nobody does; unknown where a base is unknown."""
    lineage = ancestry(program, symbol)
    for each in lineage.classes:
        scope = program.inner_scope(each.definition, each.scope)
        if name in scope.bindings:
            return program.class_member(each, name)
    return None if lineage.complete else UnknownSymbol("unknown base class", f"{symbol.name}.{name}")


def defines_any(program: Program, symbol: ClassSymbol, names: frozenset[str]) -> bool:
    """Whether a class or a base of it (unknown ones count as yes) defines one of the names."""
    lineage = ancestry(program, symbol)
    if not lineage.complete:
        return True
    return any(names & program.inner_scope(each.definition, each.scope).bindings.keys() for each in lineage.classes)
