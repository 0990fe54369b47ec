import { literally, type LogSource } from './sources';

/** Which service a container is, by its name. */

export interface NameArgs {
  readonly sources: readonly LogSource[];
  readonly stack: string;
  /** Compose projects, Swarm stacks or Kubernetes namespaces that are AudiFi's. Empty: all but `strangers`. */
  readonly projects: readonly string[];
}

/**
 * Projects whose PostgreSQL, Redis or Caddy is their own: programs that people install beside their application with a
 * compose file that has a database in it. Only where the setting does not say which projects are AudiFi's.
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
 * What stands behind the service's name: the replica's number or a one-off run (Compose), `slot.task` or `node.task` (Swarm).
 */
const behind =
  '(?:[-_][0-9]+(?:_[0-9a-f]{12})?|[-_]run[-_][0-9a-f]+|\\.(?:[0-9]+|[a-z0-9]{25})\\.[a-z0-9]{10,25})?';

/** Between the parts of a tag such as `{{.ImageName}}/{{.Name}}/{{.ID}}`. */
const between = '[/|;,\\s]';

/**
 * Finds the container's name in a tag of Docker's log option (group `container`), with an image or an id around it or not;
 * in it, `job` is one that a source names, and `other` what any other name is without this stack's prefix
 * (`audifi-<stack>-`); both without project and number.
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

/** A container's name that begins with a project which is not AudiFi's; undefined where the setting says which are. */
export const foreignName = ({ projects }: NameArgs): string | undefined =>
  projects.length === 0 ? `^(?P<foreign>(?:${oneOf(strangers)})[-_].+?)${behind}$` : undefined;

/**
 * The same for a container of a pod, in the text `<namespace>_<container>`. What another namespace calls as a source does is
 * `foreign`, with its namespace, so that it is not taken for the source.
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
