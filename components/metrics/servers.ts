import type { Settings } from '../settings';
import type { Server } from './settings-schema';

/** One of AudiFi's own servers as the settings name it. */
type OwnServer<S extends Server> = Omit<Settings[S], 'host'> & {
  readonly host: string;
  readonly password: NonNullable<Settings[`${S}Password`]>;
};

/** What the settings say of one of AudiFi's own servers; undefined where they name none. */
export function ownServer<S extends Server>(
  settings: Settings,
  server: S,
): OwnServer<S> | undefined {
  const { host } = settings[server];
  const password = settings[`${server}Password`];
  if (host === undefined || password === undefined) return undefined;
  return { ...settings[server], host, password };
}
