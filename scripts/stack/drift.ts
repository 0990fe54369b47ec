import { exportedState } from '../exported-state';
import { type Context, run } from './context';

/** The parts of an exported state that show whether an update writes to it. */
interface State {
  readonly deployment?: {
    /** When the engine wrote it. */
    readonly manifest?: { readonly time?: string };
    /** Operations that an update has begun and not finished. They stay if the update is killed. */
    readonly pending_operations?: readonly unknown[];
  };
}

/** An update that wrote nothing for longer was interrupted. Those of the workflow end earlier. */
const longestStepMs = 3_600_000;

/**
 * `make drift`: compares the state with the running resources, and changes neither. It takes no
 * lock, so an update may run at the same time, whose changes are not drift.
 *
 * @returns exit code; 1 if something was changed by hand
 */
export async function drift(context: Context): Promise<number> {
  const { stack, backend, pulumi } = context;
  const read = async (): Promise<State> => (await exportedState(stack, backend, pulumi)) as State;
  const before = await read();
  const code = await run(context, [
    ...['refresh', '--preview-only', '--expect-no-changes', '--diff'],
    ...backend.configArgs,
  ]);
  if (code === 0) {
    process.stdout.write(`\nNo drift: ${stack} is as Pulumi left it.\n`);
    return 0;
  }
  if (isBeingUpdated(before, await read(), Date.now())) {
    process.stdout.write(
      `\nAn update of ${stack} is running, so differences may be its own changes: this says nothing about drift. ` +
        `When it is done: make drift STACK=${stack}\n`,
    );
    return 0;
  }
  process.stdout.write(
    `\n${stack} is not as Pulumi left it, or cannot be read. To record the differences and repair them: ` +
      `make refresh up STACK=${stack}\n`,
  );
  return code;
}

function isBeingUpdated(
  { deployment: before }: State,
  { deployment }: State,
  now: number,
): boolean {
  const time = deployment?.manifest?.time;
  if (time !== before?.manifest?.time) return true;
  const pending = (deployment?.pending_operations ?? []).length > 0;
  return pending && time !== undefined && now - Date.parse(time) < longestStepMs;
}
