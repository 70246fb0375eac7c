import { existsSync } from "node:fs";
import { join, relative } from "node:path";
// The compiler of this repository is the native one, which has no stable programming interface.
import ts from "typescript5";
import { packageFolders, ROOT, readManifest } from "../packed/pack.ts";

/** One public export, or a member of a type that a user meets. */
export interface PublicName {
  /** The file in which it is declared, from the root of the repository. */
  readonly file: string;
  readonly line: number;
  /** With the names of what it belongs to: `Delivery.commit`. */
  readonly path: string;
  readonly name: string;
  /** The text of its docstring and of its tags, inherited ones included, as an editor shows them; "" without one. */
  readonly docstring: string;
}

/** Everything public of all packages: exports of their subpaths, and the members of all types that these lead to. */
export function publicSurface(): PublicName[] {
  return readSurface(packageFolders().flatMap(entries), (file) => /^packages\/[^/]+\/src\//.test(relative(ROOT, file)));
}

/**
 * The names of all members that a type exported by `module` has, inherited ones included; of each alternative, when it
 * is a union.
 */
export function membersOf(module: string, type: string): string[][] {
  const file = join(ROOT, module);
  const program = programs.get(file) ?? programOf([file]);
  programs.set(file, program);
  const checker = program.getTypeChecker();
  const source = program.getSourceFile(file);
  const exports = source && checker.getSymbolAtLocation(source);
  const found = exports && checker.getExportsOfModule(exports).find(({ name }) => name === type);
  if (found === undefined) throw new Error(`${module} exports no ${type}.`);
  const target = found.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(found) : found;
  const declared = checker.getDeclaredTypeOfSymbol(target);
  const alternatives = declared.isUnion() ? declared.types : [declared];
  return alternatives.map((one) => checker.getPropertiesOfType(one).map(({ name }) => name));
}

// Reading a module with all that it imports takes a second; the questions about it are many.
const programs = new Map<string, ts.Program>();

function programOf(modules: readonly string[]): ts.Program {
  const { config } = ts.readConfigFile(join(ROOT, "tsconfig.json"), ts.sys.readFile);
  const { options } = ts.convertCompilerOptionsFromJson(config.compilerOptions, ROOT);
  return ts.createProgram(modules, { ...options, composite: false, noEmit: true, types: ["node"] });
}

function readSurface(modules: readonly string[], ours: (file: string) => boolean): PublicName[] {
  const program = programOf(modules);
  const walk = new Walk(program.getTypeChecker(), ours);
  for (const module of modules) {
    const source = program.getSourceFile(module);
    if (source === undefined) throw new Error(`${module} cannot be read.`);
    walk.module(source);
  }
  // What a package adds to the types of its framework is not exported by any module, but it is what handlers see.
  for (const source of program.getSourceFiles()) if (ours(source.fileName)) walk.augmentations(source);
  return walk.found.sort((a, b) => a.file.localeCompare(b.file) || a.line - b.line);
}

function entries(folder: string): string[] {
  const targets = Object.values(readManifest(folder).exports ?? {});
  return targets.flatMap((target) => {
    const file = join(folder, typeof target === "string" ? target : (target.types ?? target.default ?? ""));
    return /\.ts$/.test(file) && existsSync(file) ? [file] : [];
  });
}

/** `"WebhookError"`, `"WebhookError" as const`. */
function isLiteral(node: ts.Expression | undefined): boolean {
  if (node === undefined) return false;
  return ts.isAsExpression(node) ? isLiteral(node.expression) : ts.isStringLiteral(node);
}

function isExported(node: ts.Declaration): boolean {
  return (ts.getCombinedModifierFlags(node) & ts.ModifierFlags.Export) !== 0;
}

const HIDDEN = ts.ModifierFlags.Private | ts.ModifierFlags.Protected;

class Walk {
  readonly found: PublicName[] = [];
  readonly #checker: ts.TypeChecker;
  readonly #ours: (file: string) => boolean;
  readonly #seen = new Set<ts.Node>();

  constructor(checker: ts.TypeChecker, ours: (file: string) => boolean) {
    this.#checker = checker;
    this.#ours = ours;
  }

  module(source: ts.SourceFile): void {
    const module = this.#checker.getSymbolAtLocation(source);
    for (const exported of module ? this.#checker.getExportsOfModule(module) : []) this.#symbol(exported);
  }

  augmentations(source: ts.SourceFile): void {
    for (const statement of source.statements) {
      if (!ts.isModuleDeclaration(statement) || statement.body === undefined) continue;
      ts.forEachChild(statement.body, (child) => this.#augmentation(child));
    }
  }

  #augmentation(node: ts.Node): void {
    if (ts.isInterfaceDeclaration(node)) this.#members(node, node.name.text);
    else if (ts.isModuleDeclaration(node) && node.body)
      ts.forEachChild(node.body, (child) => this.#augmentation(child));
  }

  #symbol(symbol: ts.Symbol): void {
    const target = symbol.flags & ts.SymbolFlags.Alias ? this.#checker.getAliasedSymbol(symbol) : symbol;
    for (const declaration of target.declarations ?? []) this.#declaration(declaration, target);
  }

  #declaration(node: ts.Declaration, symbol: ts.Symbol): void {
    if (this.#seen.has(node) || !this.#ours(node.getSourceFile().fileName)) return;
    this.#seen.add(node);
    // What a module keeps to itself cannot be named by a user, but its members are met all the same.
    if (symbol.declarations?.[0] === node && isExported(node)) this.#record(node, symbol, symbol.name);
    if (ts.isInterfaceDeclaration(node) || ts.isClassDeclaration(node)) this.#members(node, symbol.name);
    else if (ts.isTypeAliasDeclaration(node)) this.#types(node.type, symbol.name);
    else if (ts.isFunctionDeclaration(node)) this.#signature(node, symbol.name);
    else if (ts.isVariableDeclaration(node)) this.#value(node, symbol.name);
  }

  #members(node: ts.InterfaceDeclaration | ts.ClassDeclaration | ts.TypeLiteralNode, path: string): void {
    if (!ts.isTypeLiteralNode(node)) {
      for (const clause of node.heritageClauses ?? []) for (const type of clause.types) this.#types(type, path);
    }
    for (const parameter of ("typeParameters" in node ? node.typeParameters : undefined) ?? [])
      this.#types(parameter, path);
    for (const member of node.members) this.#member(member, path);
  }

  #member(member: ts.TypeElement | ts.ClassElement, owner: string): void {
    const name = member.name;
    if (ts.getCombinedModifierFlags(member) & HIDDEN || (name && ts.isPrivateIdentifier(name))) return;
    if (name === undefined) {
      // Signatures without a name, and index signatures: documented by what they belong to.
      if (ts.isFunctionLike(member)) this.#signature(member, owner);
      return;
    }
    const symbol = this.#checker.getSymbolAtLocation(name);
    const { type, initializer } = member as ts.PropertyDeclaration;
    // `kind: "retry"`, `name = "WebhookError"` and `name?: never` say by themselves all that there is to say.
    const never = type?.kind === ts.SyntaxKind.NeverKeyword;
    const plain = never || isLiteral(initializer) || (type !== undefined && ts.isLiteralTypeNode(type));
    if (symbol === undefined || plain) return;
    const path = `${owner}.${name.getText()}`;
    if (symbol.declarations?.[0] === member) this.#record(member, symbol, path);
    if (ts.isFunctionLike(member)) this.#signature(member, path);
    else if (type) this.#types(type, path);
  }

  #signature(node: ts.SignatureDeclaration, path: string): void {
    for (const parameter of node.typeParameters ?? []) this.#types(parameter, path);
    for (const parameter of node.parameters) if (parameter.type) this.#types(parameter.type, path);
    if (node.type) this.#types(node.type, path);
    else if (ts.isFunctionDeclaration(node)) this.#inferred(this.#checker.getTypeAtLocation(node));
  }

  #value(node: ts.VariableDeclaration, path: string): void {
    if (node.type) this.#types(node.type, path);
    else this.#inferred(this.#checker.getTypeAtLocation(node));
  }

  /** What a written type names, and the members that it has in place. */
  #types(node: ts.Node, path: string): void {
    if (ts.isTypeLiteralNode(node)) {
      this.#members(node, path);
      return;
    }
    if (ts.isTypeReferenceNode(node)) this.#reference(node.typeName);
    else if (ts.isExpressionWithTypeArguments(node)) this.#reference(node.expression);
    else if (ts.isTypeQueryNode(node)) return;
    // What a conditional type compares with is a pattern, not something that a user meets.
    if (ts.isConditionalTypeNode(node)) {
      this.#types(node.trueType, path);
      this.#types(node.falseType, path);
      return;
    }
    ts.forEachChild(node, (child) => this.#types(child, path));
  }

  #reference(name: ts.Node): void {
    const symbol = this.#checker.getSymbolAtLocation(name);
    if (symbol !== undefined && !(symbol.flags & ts.SymbolFlags.TypeParameter)) this.#symbol(symbol);
  }

  /** What a type that nobody wrote down leads to. */
  #inferred(type: ts.Type, depth = 0): void {
    if (depth > 4) return;
    for (const symbol of [type.aliasSymbol, type.symbol]) {
      if (symbol && symbol.flags & ~ts.SymbolFlags.TypeLiteral && symbol.flags & ts.SymbolFlags.Type)
        this.#symbol(symbol);
    }
    const parts = type.isUnionOrIntersection() ? type.types : [];
    const given = type.aliasTypeArguments ?? this.#checker.getTypeArguments(type as ts.TypeReference);
    for (const next of [...parts, ...(given ?? [])]) this.#inferred(next, depth + 1);
    for (const signature of type.getCallSignatures()) this.#inferred(signature.getReturnType(), depth + 1);
  }

  #record(node: ts.Declaration, symbol: ts.Symbol, path: string): void {
    const source = node.getSourceFile();
    const text = ts.displayPartsToString(symbol.getDocumentationComment(this.#checker));
    const tags = symbol
      .getJsDocTags(this.#checker)
      .map(({ name, text }) => `@${name} ${ts.displayPartsToString(text)}`);
    this.found.push({
      file: relative(ROOT, source.fileName),
      line: source.getLineAndCharacterOfPosition(node.getStart()).line + 1,
      path,
      name: symbol.name,
      docstring: [text, ...tags].join("\n").trim(),
    });
  }
}
