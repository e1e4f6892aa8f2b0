import { compile, type JSONValue, TreeInterpreter } from "@jmespath-community/jmespath";

import { Meter, TooMuchWork } from "./meter.ts";

/** Characters of an expression. */
export const MAX_EXPRESSION = 4_000;
/** Levels of nesting, and nodes, of an expression as parsed. */
const MAX_DEPTH = 64;
const MAX_NODES = 1_000;
/** Characters between the parts that `join` puts together. */
const MAX_GLUE = 100;

/** Why an expression cannot be used, or not on this body. */
export class BadMapping extends Error {
  override readonly name = "BadMapping";
}

type Node = ReturnType<typeof compile>;

/** Functions whose result is never much larger than what they are given; `join` has a rule of its own. */
const FUNCTIONS = new Set(
  (
    "abs avg ceil contains ends_with find_first find_last floor from_items group_by items join keys " +
    "length lower map max max_by merge min min_by not_null reverse sort sort_by split starts_with " +
    "sum to_array to_number to_string trim trim_left trim_right type upper values zip"
  ).split(" "),
);

/** What looks through all of what it is given, and not only at its top. */
const THOROUGH = new Set(["Function", "Comparator", "Flatten", "FilterProjection"]);

const isNode = (value: unknown): value is Node =>
  typeof value === "object" && value !== null && "type" in value;

const childrenOf = (node: Node): Node[] => Object.values(node).flat().filter(isNode);

function literalText(node: Node | undefined): string | undefined {
  return node?.type === "Literal" && typeof node.value === "string" ? node.value : undefined;
}

function checkFunction(node: Extract<Node, { type: "Function" }>): void {
  if (!FUNCTIONS.has(node.name)) {
    throw new BadMapping(`the function ${node.name}() is not available`);
  }
  if (node.name !== "join") return;
  const glue = literalText(node.children[0]);
  if (glue === undefined || glue.length > MAX_GLUE) {
    throw new BadMapping(
      `the first argument of join() must be a text of up to ${MAX_GLUE} letters`,
    );
  }
}

/** Refuses what the meter could not stop in time. */
function checkTree(root: Node): void {
  let nodes = 0;
  const walk = (node: Node, depth: number): void => {
    nodes += 1;
    if (depth > MAX_DEPTH || nodes > MAX_NODES) {
      throw new BadMapping(
        `the expression is too large: at most ${MAX_NODES} parts, ${MAX_DEPTH} levels deep`,
      );
    }
    if (node.type === "LetExpression") throw new BadMapping("let expressions are not available");
    if (node.type === "Function") checkFunction(node);
    if (node.type === "Literal") return;
    for (const child of childrenOf(node)) walk(child, depth + 1);
  };
  walk(root, 0);
}

/** @throws BadMapping saying what is wrong with it */
export function parseExpression(expression: string): Node {
  if (expression.length > MAX_EXPRESSION) {
    throw new BadMapping(`the expression is longer than ${MAX_EXPRESSION} characters`);
  }
  let root: Node;
  try {
    root = compile(expression);
  } catch (error) {
    const why = error instanceof RangeError ? "it is nested too deep" : String(error);
    throw new BadMapping(`not a JMESPath expression: ${why.replace(/^\w*Error: /, "")}`);
  }
  checkTree(root);
  return root;
}

type Interpreter = typeof TreeInterpreter;
type Seen = Parameters<Interpreter["visit"]>;

/** The library offers its interpreter as one object; its class is reached through that. */
const Base = TreeInterpreter.constructor as new () => Interpreter;

class MeteredInterpreter extends Base {
  private readonly meter = new Meter();
  /** Weight of the values that the node being visited has asked for so far. */
  private asked = 0;

  override visit(...[node, value]: Seen): ReturnType<Interpreter["visit"]> {
    const outer = this.asked;
    this.asked = 0;
    this.meter.spend(1);
    const result = super.visit(node, value);
    if (THOROUGH.has(node.type)) this.meter.spend(this.asked);
    const weight = this.meter.weigh(result as JSONValue);
    this.asked = outer + weight;
    return result;
  }
}

/**
 * What the expression makes of a body.
 *
 * @throws BadMapping when it fails on this body, or takes too much work
 */
export function evaluate(expression: string, body: JSONValue): JSONValue {
  const root = parseExpression(expression);
  try {
    return new MeteredInterpreter().search(root, body);
  } catch (error) {
    if (error instanceof TooMuchWork) throw new BadMapping(error.message);
    const why = error instanceof Error ? error.message : String(error);
    throw new BadMapping(`the expression fails on this body: ${why}`);
  }
}
