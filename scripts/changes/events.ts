import { type ResourceState, unmarked } from '../../policy/events';
import type { Change, Inputs } from './change';

/** A line of the engine's event log: the fields that are used here. */
interface EngineEvent {
  readonly resourcePreEvent?: {
    readonly metadata: {
      readonly op: string;
      readonly urn: string;
      readonly type: string;
      readonly old?: ResourceState | null;
      readonly new?: ResourceState | null;
    };
  };
}

export interface Steps {
  /** The changed resources, each once. */
  readonly changes: readonly Change[];
  /** All resources after the update. */
  readonly declared: readonly ResourceState[];
  /** Whether the state has no resource of the stack yet. */
  readonly isNew: boolean;
}

const changing = new Set(['create', 'update', 'replace', 'delete']);
const existing = new Set(['same', 'update', 'replace', 'delete']);

/**
 * Reads the event log of a preview (`--event-log`): one JSON object a line.
 *
 * Upstream: https://pkg.go.dev/github.com/pulumi/pulumi/sdk/v3/go/common/apitype#EngineEvent
 */
export function stepsOf(eventLog: string): Steps {
  const changes: Change[] = [];
  const declared: ResourceState[] = [];
  let exists = false;
  for (const line of eventLog.split('\n').filter((text) => text.trim() !== '')) {
    const step = (JSON.parse(line) as EngineEvent).resourcePreEvent?.metadata;
    if (step === undefined || isComponent(step.type)) continue;
    exists ||= existing.has(step.op);
    // A replacement has three steps. One of them contains both sides.
    if (changing.has(step.op)) {
      changes.push({
        type: step.type,
        name: step.urn.slice(step.urn.lastIndexOf('::') + 2),
        op: step.op as Change['op'],
        old: !step.old ? undefined : (unmarked(step.old.inputs) as Inputs),
        new: !step.new || step.op === 'delete' ? undefined : (unmarked(step.new.inputs) as Inputs),
      });
    }
    if (step.new && !/delete/.test(step.op)) declared.push(step.new);
  }
  return { changes, declared, isNew: changes.length > 0 && !exists };
}

/** Components, the stack itself, and providers. */
const isComponent = (type: string): boolean => /^(audifi|pulumi):/.test(type);
