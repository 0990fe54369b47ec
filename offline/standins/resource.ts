import type { Schema } from './schema';
import type { Values } from './values';

/** The state of an existing resource. */
export interface State {
  readonly id: string;
  readonly outputs: Values;
  /** Output properties that are always secret, regardless of the inputs. */
  readonly secrets?: readonly string[];
}

/** Result of a read: the state, and the inputs that would describe it. */
export interface Found extends State {
  readonly inputs: Values;
}

/** A resource type of a stand-in provider: its table of inputs and its operations. */
export interface Resource {
  readonly inputs: Schema;
  /** Outputs that only exist once the resource exists. They are unknown in a preview. */
  readonly computed: readonly string[];
  /**
   * Inputs that every complete resource has as outputs. If they are missing, creation was
   * interrupted.
   */
  readonly finished?: readonly string[];
  /** Input that is generated if the program omits it. */
  readonly autoname?: 'name';
  /** The old resource must be deleted before the new one can be created. */
  readonly deleteBeforeReplace?: boolean;
  create(inputs: Values): Promise<State>;
  /** The current state; undefined if it no longer exists. `inputs` are empty for an import. */
  read(id: string, inputs: Values, outputs: Values): Promise<Found | undefined>;
  update?(id: string, olds: Values, news: Values): Promise<Values>;
  delete(id: string, inputs: Values, outputs: Values): Promise<void>;
}

/** A provider as a table of everything that it serves. */
export interface Provider {
  /** Package name, such as `docker`. */
  readonly name: string;
  /** The version of the released provider that it replaces. */
  readonly version: string;
  readonly config: Schema;
  readonly resources: Readonly<Record<string, Resource>>;
  readonly functions: Readonly<
    Record<string, { inputs: Schema; invoke(args: Values): Promise<Values> }>
  >;
  configure(config: Values): void;
}
