import type { Settings } from '../settings';
import type { Server } from './settings-schema-servers';

/** The settings of one of AudiFi's own servers. */
type OwnServer<S extends Server> = Omit<Settings[S], 'host'> & {
  readonly host: string;
  readonly password: NonNullable<Settings[`${S}Password`]>;
};

/** The settings of one of AudiFi's own servers; undefined if its host is not set. */
export function ownServer<S extends Server>(
  settings: Settings,
  server: S,
): OwnServer<S> | undefined {
  const { host } = settings[server];
  const password = settings[`${server}Password`];
  if (host === undefined || password === undefined) return undefined;
  return { ...settings[server], host, password };
}
