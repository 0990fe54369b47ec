import { prepare } from '../../offline/kit';

type Tool = 'docker' | 'kubectl';

const prepared = new Map<Tool, Promise<NodeJS.ProcessEnv>>();

/** Environment in which a command works, from the offline kit if it is not installed. */
export function envOf(tool: Tool): Promise<NodeJS.ProcessEnv> {
  const known = prepared.get(tool);
  if (known !== undefined) return known;
  const env = prepare({ need: [tool] }).then((kit) => ({ ...process.env, ...kit.env }));
  prepared.set(tool, env);
  return env;
}
