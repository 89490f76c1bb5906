import type { ValueType } from '@etalon/spec';
import { AttributeError, ShapeError } from '@etalon/spec';
import { formatType } from '../program/format-type.ts';

/**
 * Names of axes: a letter of the equation, or, for an axis that an ellipsis stands for, its number from the last such axis.
 */
export type Labels = readonly string[];

/** An equation whose ellipses are spelt out: the labels of each operand's axes and of the result's. */
export interface EinsumEquation {
  readonly operands: readonly Labels[];
  readonly output: Labels;
}

const ELLIPSIS = '...';

/** Reports an equation that cannot be. */
type Fault = (what: string) => AttributeError;

/**
 * Reads an equation for operands.
 *
 * @param where - for messages.
 * @throws {AttributeError} when the equation does not follow the grammar, has another number of operands, an operand has
 * one label twice, or the result one that no operand has.
 * @throws {ShapeError} when an operand has another rank than the equation.
 */
export function parseEquation(
  where: string,
  equation: string,
  operands: readonly ValueType[],
): EinsumEquation {
  const fault: Fault = (what) =>
    new AttributeError(
      'ATTRIBUTE_EINSUM',
      `${where}: ${what}, got ${JSON.stringify(equation)}.\nExpected letters for the axes of each operand, commas between operands and, where wanted, "->" and the axes of the result: "ij,jk->ik".`,
    );
  if (typeof equation !== 'string') throw fault('the equation must be a string');
  const [left = '', right, ...more] = equation.replaceAll(' ', '').split('->');
  if (more.length > 0) throw fault('the equation must have one "->" at most');
  const terms = left.split(',');
  if (terms.length !== operands.length) {
    throw fault(
      `the equation is for ${terms.length} operand${terms.length === 1 ? '' : 's'}, not for ${operands.length}`,
    );
  }
  const labels = operands.map((operand, at) => {
    const own = spellOut(where, equation, terms[at] ?? '', operand, fault);
    requireOnce(own, fault, 'an operand must not have one label twice (the diagonal is not taken)');
    return own;
  });
  const all = new Set(labels.flat());
  const hidden = [...all].filter(isHidden).sort((a, b) => Number(b) - Number(a));
  if (right === undefined) return { operands: labels, output: [...hidden, ...single(labels)] };
  const output = expandTerm(right, hidden, fault);
  requireOnce(output, fault, 'the result must not have one label twice');
  const unknown = output.find((label) => !all.has(label));
  if (unknown !== undefined) throw fault(`no operand has the axis "${unknown}" of the result`);
  if (hidden.length > 0 && !right.includes(ELLIPSIS)) {
    throw fault('the result must have the ellipsis that operands have');
  }
  return { operands: labels, output };
}

function isHidden(label: string): boolean {
  return /^\d+$/.test(label);
}

// Without "->", the result has the labels that occur once, in the order of their character codes.
function single(operands: readonly Labels[]): Labels {
  const all = operands.flat().filter((label) => !isHidden(label));
  return all.filter((label) => all.indexOf(label) === all.lastIndexOf(label)).sort();
}

function requireOnce(labels: Labels, fault: Fault, rule: string): void {
  if (new Set(labels).size !== labels.length) throw fault(rule);
}

function expandTerm(term: string, hidden: Labels, fault: Fault): Labels {
  const [before = '', after, ...more] = term.split(ELLIPSIS);
  const letters = before + (after ?? '');
  if (more.length > 0 || !/^[A-Za-z]*$/.test(letters)) {
    throw fault('each term must be letters and at most one ellipsis');
  }
  return after === undefined ? [...before] : [...before, ...hidden, ...after];
}

function spellOut(
  where: string,
  equation: string,
  term: string,
  operand: ValueType,
  fault: Fault,
): Labels {
  const rank = operand.shape.length;
  const letters = expandTerm(term, [], fault).length;
  const count = term.includes(ELLIPSIS) ? Math.max(rank - letters, 0) : 0;
  const hidden = Array.from({ length: count }, (_, at) => String(count - 1 - at));
  const labels = expandTerm(term, hidden, fault);
  if (labels.length === rank) return labels;
  throw new ShapeError(
    'SHAPE_EINSUM',
    `${where}: an operand does not have the axes of its term "${term}", got ${formatType(operand)} in ${JSON.stringify(equation)}.\nExpected rank ${letters}${term.includes(ELLIPSIS) ? ' or more' : ''}.`,
  );
}
