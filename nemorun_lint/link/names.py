"""Names to what they mean: scopes, imports, re-exports, alternatives, across modules."""

from __future__ import annotations

import builtins
from collections.abc import Mapping

from nemorun_lint.ir import nodes as ir
from nemorun_lint.link.known import API_PACKAGES, api_name, has_meaning
from nemorun_lint.link.modules import Module, Modules
from nemorun_lint.link.scopes import Binding, BindingKind, Scope, child_scope, module_scope
from nemorun_lint.link.symbols import (
    ApiSymbol,
    BuiltinSymbol,
    ClassSymbol,
    FunctionSymbol,
    InstanceSymbol,
    ModuleSymbol,
    ParameterSymbol,
    Symbol,
    UnknownSymbol,
    ValueSymbol,
    same_symbol,
)

_BUILTINS = frozenset(dir(builtins))
# Builtins that a star import hides which cannot be read: numpy and its like have functions of these names.
_HIDDEN = frozenset({"abs", "all", "any", "max", "min", "pow", "round", "sum"})
# How many re-exports, aliases and star imports are followed before a name counts as unknown.
_MAX_DEPTH = 40


class Program:
    """Modules joined by names. Symbols are made once for each definition, so that they compare by identity."""

    def __init__(self, modules: Modules, aliases: Mapping[str, str] | None = None) -> None:
        self.modules = modules
        self.aliases: Mapping[str, str] = aliases or {}
        self._scopes: dict[tuple[str, bool], Scope] = {}
        self._children: dict[int, tuple[ir.Node, Scope]] = {}
        self._definitions: dict[int, tuple[ir.Node, Symbol]] = {}
        self._members: dict[tuple[str, str], Symbol | None] = {}

    # -- scopes -------------------------------------------------------------------------------------

    def scope_of(self, module: Module) -> Scope:
        """Return the scope of a module."""
        # A dependency that turns out to be checked as well is lowered again, with the bodies of its functions.
        key = (module.path, module.record.is_interface)
        scope = self._scopes.get(key)
        if scope is None:
            scope = self._scopes[key] = module_scope(module.record.body, may_have_walrus=module.record.may_have_walrus)
        return scope

    def inner_scope(self, owner: ir.FunctionDef | ir.ClassDef | ir.Lambda | ir.Comprehension, parent: Scope) -> Scope:
        """Return the scope that `owner` opens inside `parent`; the same one at every call."""
        found = self._children.get(id(owner))
        if found is None:
            found = self._children[id(owner)] = (owner, child_scope(owner, parent))
        return found[1]

    # -- resolution ---------------------------------------------------------------------------------

    def resolve(self, module: Module, scope: Scope, expression: ir.Expr, depth: int = 0) -> Symbol:
        """Return what `expression` refers to for code in `scope` of `module`; values are followed to their origin."""
        symbol = self.resolve_directly(module, scope, expression, depth)
        while isinstance(symbol, ValueSymbol) and isinstance(symbol.value, (ir.Name, ir.Attribute)):
            depth += 1
            if depth > _MAX_DEPTH:
                return UnknownSymbol("too many aliases", symbol.name)
            symbol = self.resolve_directly(symbol.module, symbol.scope, symbol.value, depth)
        return symbol

    def resolve_directly(self, module: Module, scope: Scope, expression: ir.Expr, depth: int = 0) -> Symbol:
        """Like `resolve`, but a name bound to a value is returned as that value."""
        if depth > _MAX_DEPTH:
            return UnknownSymbol("too many aliases")
        if isinstance(expression, ir.Name):
            return self.resolve_name(module, scope, expression.name, depth, at=expression.start)
        if isinstance(expression, ir.Attribute):
            owner = self.resolve(module, scope, expression.value, depth + 1)
            return self.member(owner, expression.name, depth + 1)
        return UnknownSymbol("not a name")

    def resolve_name(self, module: Module, scope: Scope, name: str, depth: int = 0, *, at: int | None = None) -> Symbol:
        """Return what a plain name means for code in `scope` of `module`, at the offset `at` where that is known."""
        found = scope.lookup(name)
        if found is not None:
            bindings = found[1]
            if at is not None and found[0] is scope and len(bindings) > 1:
                # Code of the very scope sees what stands before it; in a loop perhaps what stands behind.
                bindings = [b for b in bindings if b.node.start < at and b.node.end <= at] or bindings
            return self._choose(module, found[0], name, bindings, depth)
        if "*" in self.scope_of(module).bindings:
            symbol = self._from_star(module, name, depth)
            if symbol is not None and not (name in _BUILTINS - _HIDDEN and isinstance(symbol, UnknownSymbol)):
                return symbol
        if name in _BUILTINS:
            return BuiltinSymbol(name)
        return UnknownSymbol("undefined name", name)

    def member(self, owner: Symbol, name: str, depth: int = 0) -> Symbol:
        """Return what `owner.name` means."""
        match owner:
            case ApiSymbol():
                return self._qualified(f"{owner.name}.{name}") or UnknownSymbol("unknown", name)
            case ModuleSymbol():
                return self.module_member(owner.name, name, depth)
            case ClassSymbol():
                return self.class_member(owner, name)
            case UnknownSymbol():
                return UnknownSymbol(owner.reason, f"{owner.name}.{name}")
        return UnknownSymbol("attribute of a value", name)

    def class_member(self, owner: ClassSymbol, name: str) -> Symbol:
        """Return what the class body of `owner` itself binds `name` to (bases are not looked at)."""
        scope = self.inner_scope(owner.definition, owner.scope)
        bindings = scope.bindings.get(name)
        if not bindings:
            return UnknownSymbol("not in the class body", f"{owner.name}.{name}")
        return self._choose(owner.module, scope, name, bindings, 0, owner)

    def module_member(self, module_name: str, name: str, depth: int = 0) -> Symbol:
        """Return what `module_name.name` means: an API name, a name of the module, or a submodule."""
        qualified = f"{module_name}.{name}"
        known = self._qualified(qualified)
        if known is not None:
            return known
        key = (module_name, name)
        if key not in self._members:
            # A module that imports itself in a circle finds the name unknown, instead of no end.
            self._members[key] = UnknownSymbol("circular import", name)
            self._members[key] = self._load_member(module_name, name, depth)
        return self._members[key] or UnknownSymbol("no such name", qualified)

    def _load_member(self, module_name: str, name: str, depth: int) -> Symbol | None:
        module = self.modules.load(module_name)
        if module is not None:
            scope = self.scope_of(module)
            bindings = scope.bindings.get(name)
            if bindings:
                return self._choose(module, scope, name, bindings, depth + 1)
            symbol = self._from_star(module, name, depth)
            if symbol is not None:
                return symbol
        if self.modules.load(f"{module_name}.{name}") is not None:
            return ModuleSymbol(f"{module_name}.{name}")
        if module is None:
            return UnknownSymbol(self._problem(module_name), f"{module_name}.{name}")
        if "__getattr__" in self.scope_of(module).bindings:
            return UnknownSymbol("module with __getattr__", f"{module_name}.{name}")
        return None

    def _problem(self, module_name: str) -> str:
        top = module_name.partition(".")[0]
        problem = self.modules.problem(module_name)
        return f"module {top} {problem}" if problem else f"namespace package {top}"

    # -- bindings -----------------------------------------------------------------------------------

    def _choose(
        self,
        module: Module,
        scope: Scope,
        name: str,
        bindings: list[Binding],
        depth: int,
        owner: ClassSymbol | None = None,
    ) -> Symbol:
        """Return the meaning of a name with several bindings: the last that counts, where all that count agree."""
        if depth > _MAX_DEPTH:
            return UnknownSymbol("too many aliases", name)
        counting = [b for b in bindings if not b.fallback] or bindings
        last_sure = max((i for i, b in enumerate(counting) if not b.conditional), default=0)
        symbols = [self._bound(module, scope, name, b, depth, owner) for b in counting[last_sure:]]
        if scope.is_module and all(b.conditional for b in counting):
            symbols += self._otherwise(module, name, depth)
        first = symbols[0]
        if all(same_symbol(first, other) for other in symbols[1:]):
            return first
        # A stub's alternatives are overloads and versions of one thing.
        if module.path.endswith(".pyi") and len({type(symbol) for symbol in symbols}) == 1:
            return symbols[-1]
        return UnknownSymbol("bound in several ways", name)

    def _otherwise(self, module: Module, name: str, depth: int) -> list[Symbol]:
        """Return what a name means where no statement that may not run binds it: by a star import, or a builtin."""
        symbol = self._from_star(module, name, depth + 1) or (BuiltinSymbol(name) if name in _BUILTINS else None)
        return [symbol] if symbol else []

    def _bound(
        self, module: Module, scope: Scope, name: str, binding: Binding, depth: int, owner: ClassSymbol | None
    ) -> Symbol:
        node = binding.node
        if isinstance(node, ir.Import) and binding.alias is not None:
            return self._imported(module, binding.alias)
        if isinstance(node, ir.ImportFrom) and binding.alias is not None:
            return self._imported_from(module, node, binding.alias.name, depth)
        if isinstance(node, (ir.FunctionDef, ir.ClassDef)):
            return self.definition(module, scope, node, owner)
        if isinstance(node, ir.Parameter):
            return ParameterSymbol(module, scope, node)
        if name in scope.set_by_functions:
            return UnknownSymbol("set by a function", f"{module.name}.{name}")
        if binding.kind is BindingKind.VALUE:
            qualified = self._qualified(f"{module.name}.{name}") if scope.is_module else None
            return qualified or ValueSymbol(module, scope, name, node)  # type: ignore[arg-type]
        if isinstance(node, ir.AnnotatedAssign) and module.path.endswith(".pyi"):
            declared = node.annotation.value if isinstance(node.annotation, ir.Subscript) else node.annotation
            found = self.resolve(module, scope, declared, depth + 1)
            if isinstance(found, ClassSymbol):
                return InstanceSymbol(found, f"{module.name}.{name}")
        return UnknownSymbol("bound by a statement that is not followed", f"{module.name}.{name}")

    def definition(
        self, module: Module, scope: Scope, node: ir.FunctionDef | ir.ClassDef, owner: ClassSymbol | None = None
    ) -> Symbol:
        """Return the symbol of a definition in `scope`."""
        found = self._definitions.get(id(node))
        if found is not None:
            return found[1]
        symbol: Symbol
        if isinstance(node, ir.ClassDef):
            symbol = ClassSymbol(module, node, scope)
        else:
            if owner is None and isinstance(scope.owner, ir.ClassDef) and scope.parent is not None:
                made = self.definition(module, scope.parent, scope.owner)
                owner = made if isinstance(made, ClassSymbol) else None
            symbol = FunctionSymbol(module, node, scope, owner)
        alias = self.aliases and self._qualified(getattr(symbol, "qualified", ""))
        symbol = alias or symbol
        self._definitions[id(node)] = (node, symbol)
        return symbol

    # -- imports ------------------------------------------------------------------------------------

    def _imported(self, module: Module, alias: ir.Alias) -> Symbol:
        name = alias.name if alias.asname else alias.name.partition(".")[0]
        return self.module_symbol(self._beside_script(module, name))

    def _beside_script(self, module: Module, name: str) -> str:
        """Return the name of a module by which it can be loaded: a script finds those in its own directory."""
        top = name.partition(".")[0]
        if top in API_PACKAGES or "." not in module.name or module.is_package or self.modules.exists(top):
            return name
        directory = module.name.rpartition(".")[0]
        beside = f"{directory}.{name}"
        return beside if self.modules.exists(beside) and not self.modules.is_package(directory) else name

    def module_symbol(self, name: str) -> Symbol:
        """Return the symbol of a module by its absolute name."""
        if name.partition(".")[0] in API_PACKAGES:
            return ApiSymbol(name)
        return ModuleSymbol(name)

    def _imported_from(self, module: Module, node: ir.ImportFrom, name: str, depth: int) -> Symbol:
        source = absolute_module(module, node)
        if source is None:
            return UnknownSymbol("relative import beyond the top level", name)
        if node.level == 0:
            source = self._beside_script(module, source)
        if source.partition(".")[0] in API_PACKAGES or self.aliases:
            known = self._qualified(f"{source}.{name}")
            if known is not None:
                return known
        if source == module.name and name in self.scope_of(module).bindings:
            submodule = self.modules.load(f"{source}.{name}")
            return ModuleSymbol(f"{source}.{name}") if submodule else UnknownSymbol("circular import", name)
        return self.module_member(source, name, depth + 1)

    def _from_star(self, module: Module, name: str, depth: int) -> Symbol | None:
        if name.startswith("_") or depth > _MAX_DEPTH:
            return None
        for binding in reversed(self.scope_of(module).bindings.get("*", [])):
            node = binding.node
            source = absolute_module(module, node) if isinstance(node, ir.ImportFrom) else None
            if source is None or source == module.name:
                continue
            if source.partition(".")[0] in API_PACKAGES and not has_meaning(f"{source}.{name}"):
                continue
            symbol = self.module_member(source, name, depth + 1)
            if not (isinstance(symbol, UnknownSymbol) and symbol.reason in ("no such name", "circular import")):
                return symbol
        return None

    def _qualified(self, qualified: str) -> Symbol | None:
        name = api_name(qualified, self.aliases)
        return None if name is None else ApiSymbol(name)


def absolute_module(module: Module, node: ir.ImportFrom) -> str | None:
    """Return the absolute name of the module that a `from` import names; None beyond the top level."""
    if node.level == 0:
        return node.module
    parts = module.name.split(".")
    drop = node.level - (1 if module.is_package else 0)
    if drop >= len(parts):
        return None
    base = parts[: len(parts) - drop] if drop else parts
    return ".".join([*base, node.module] if node.module else base)
