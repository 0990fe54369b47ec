import { literally, type LogSource } from './sources';

/** Maps container names to services. */

export interface NameArgs {
  readonly sources: readonly LogSource[];
  readonly stack: string;
  /**
   * Compose projects, Swarm stacks or Kubernetes namespaces of AudiFi. Empty: all except
   * `strangers`.
   */
  readonly projects: readonly string[];
}

/**
 * Projects whose PostgreSQL, Redis or Caddy does not belong to AudiFi: well-known programs with a
 * compose file that includes a database. Only used if the setting names no projects.
 */
export const strangers: readonly string[] = [
  ...['authentik', 'bitwarden', 'discourse', 'drupal', 'forgejo', 'ghost', 'gitea', 'gitlab'],
  ...['harbor', 'immich', 'invidious', 'joomla', 'keycloak', 'mailcow', 'mastodon', 'matomo'],
  ...['mattermost', 'metabase', 'moodle', 'n8n', 'netbox', 'nextcloud', 'odoo', 'outline'],
  ...['paperless', 'plausible', 'redmine', 'rocketchat', 'sentry', 'sonarqube', 'supabase'],
  ...['taiga', 'umami', 'vaultwarden', 'wordpress', 'zabbix', 'zulip'],
];

const oneOf = (names: readonly string[]): string => names.map(literally).join('|');

/**
 * Suffix after the service name: replica number or one-off run (Compose), `slot.task` or
 * `node.task` (Swarm).
 */
const behind =
  '(?:[-_][0-9]+(?:_[0-9a-f]{12})?|[-_]run[-_][0-9a-f]+|\\.(?:[0-9]+|[a-z0-9]{25})\\.[a-z0-9]{10,25})?';

/** Separators between the parts of a tag such as `{{.ImageName}}/{{.Name}}/{{.ID}}`. */
const between = '[/|;,\\s]';

/**
 * Finds the container name (group `container`) in a tag of Docker's log option, with or without
 * image and id around it. Group `job` is the name if a source uses it. Group `other` is any other
 * name, without the prefix of this stack (`audifi-<stack>-`). Both exclude project and number.
 */
export function serviceInName({ sources, stack, projects }: NameArgs): string {
  const services = oneOf(sources.flatMap(({ containers }) => containers));
  const own = `audifi-${literally(stack)}`;
  const project =
    projects.length === 0 ? '.*' : `(?:${[own, ...projects.map(literally)].join('|')})`;
  return (
    `^(?:.*?${between})??(?:(?P<id>[0-9a-f]{12}|[0-9a-f]{64})|` +
    `(?P<container>(?:[0-9a-f]{12}_)?(?:(?:${project.replace('.*', '[A-Za-z0-9_.-]*')}[-_])?(?P<job>${services})` +
    `|(?:${own}-)?(?P<other>[A-Za-z0-9_.-]+?))${behind}))` +
    `(?:[:@][^/|;,\\s]*)?(?:${between}(?:[0-9a-f]{12}|[0-9a-f]{64}))?$`
  );
}

/**
 * Matches a container name that starts with a project of another program; undefined if the setting
 * names AudiFi's projects.
 */
export const foreignName = ({ projects }: NameArgs): string | undefined =>
  projects.length === 0 ? `^(?P<foreign>(?:${oneOf(strangers)})[-_].+?)${behind}$` : undefined;

/**
 * The same for the container of a pod, in the text `<namespace>_<container>`. A container of
 * another namespace with the name of a source is in the group `foreign`, with its namespace, so
 * that it does not become part of the source.
 */
export function serviceInPod({ sources, projects }: NameArgs): string {
  const services = oneOf(sources.flatMap(({ containers }) => containers));
  const service = `(?:[A-Za-z0-9.-]*-)?(?P<job>${services})`;
  const other = '[^_]*_(?P<other>[^_]+?)';
  const found =
    projects.length === 0
      ? `(?P<foreign>(?:${oneOf(strangers)})_[^_]+?)|[^_]*_${service}|${other}`
      : `(?:${oneOf(projects)})_${service}|(?P<foreign>[^_]*_(?:${services}))|${other}`;
  return `^(?:${found})(?:-[0-9]+)?$`;
}
