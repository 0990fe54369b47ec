import type { Schema } from './schema';
import type { Values } from './values';

/** What exists of a resource. */
export interface State {
  readonly id: string;
  readonly outputs: Values;
  /** Properties of the outputs that are secret whatever the inputs were. */
  readonly secrets?: readonly string[];
}

/** What a read found: the state, and the inputs as they would have to be written to describe it. */
export interface Found extends State {
  readonly inputs: Values;
}

/** One resource type of a stand-in provider: its table of inputs and what it does. */
export interface Resource {
  readonly inputs: Schema;
  /** Outputs that only exist once the resource does; unknown in a preview. */
  readonly computed: readonly string[];
  /** Inputs that every finished resource has as outputs; without them its creation failed half-way. */
  readonly finished?: readonly string[];
  /** An input of this name is made up when the program leaves it out. */
  readonly autoname?: 'name';
  /** The old one must be gone before the new one can be made. */
  readonly deleteBeforeReplace?: boolean;
  create(inputs: Values): Promise<State>;
  /** What is there now; undefined if it is gone. `inputs` are empty when an existing one is adopted. */
  read(id: string, inputs: Values, outputs: Values): Promise<Found | undefined>;
  update?(id: string, olds: Values, news: Values): Promise<Values>;
  delete(id: string, inputs: Values, outputs: Values): Promise<void>;
}

/** A provider as a table: what it serves is exactly what stands here. */
export interface Provider {
  /** Package name, such as `docker`. */
  readonly name: string;
  /** The version of the released provider in whose place it stands. */
  readonly version: string;
  readonly config: Schema;
  readonly resources: Readonly<Record<string, Resource>>;
  readonly functions: Readonly<
    Record<string, { inputs: Schema; invoke(args: Values): Promise<Values> }>
  >;
  configure(config: Values): void;
}
