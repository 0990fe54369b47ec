import type { IncomingMessage, ServerResponse } from 'node:http';
import { parse } from 'yaml';
import { LocalServer } from './server';

type Labels = Readonly<Record<string, string>>;

interface Meta {
  readonly name: string;
  readonly namespace: string;
  readonly labels?: Labels;
}

interface Manifest {
  readonly kind: string;
  readonly metadata: Meta;
  readonly spec?: {
    readonly template?: { readonly metadata: { readonly labels: Labels }; readonly spec: object };
  };
  readonly rules?: readonly { readonly resources: readonly string[] }[];
}

/** A pod as the API server lists it. */
export interface Pod {
  readonly metadata: Meta & { readonly uid: string };
  readonly spec: object;
  readonly status: object;
}

/**
 * The part of an API server that service discovery needs: it lists the nodes, and the pods that a
 * cluster of these nodes would create from manifests. The client is Prometheus, which may read only
 * what the roles in the manifests allow.
 */
export class KubeApi {
  readonly pods: Pod[];
  /** Paths that were refused. */
  readonly refused: string[] = [];
  private readonly manifests: readonly Manifest[];
  private readonly server: LocalServer;

  /**
   * @param nodes names of the nodes, and the ports of their kubelets
   * @param address of every pod and node
   */
  constructor(
    manifests: readonly string[],
    private readonly nodes: Readonly<Record<string, number>>,
    private readonly address: string,
  ) {
    this.manifests = manifests.map((text) => parse(text) as Manifest);
    this.pods = this.manifests.flatMap((manifest) => this.podsOf(manifest));
    this.server = new LocalServer('127.0.0.1', (request, _, response) => {
      this.answer(request, response);
    });
  }

  open(): Promise<unknown> {
    return this.server.open();
  }

  close(): Promise<void> {
    return this.server.close();
  }

  get url(): string {
    return this.server.url('');
  }

  private podsOf({ kind, metadata, spec }: Manifest): Pod[] {
    const template = spec?.template;
    if (template === undefined) return [];
    const names = Object.keys(this.nodes);
    const perNode = kind === 'DaemonSet';
    return (perNode ? names : names.slice(0, 1)).map((nodeName, i) => {
      const suffix = kind === 'StatefulSet' ? `${i}` : `x${i}y2z`;
      const name = `${metadata.name}-${suffix}`;
      const { namespace } = metadata;
      return {
        metadata: {
          name,
          namespace,
          labels: template.metadata.labels,
          uid: `${namespace}-${name}`,
        },
        spec: { ...template.spec, nodeName },
        status: { phase: 'Running', podIP: this.address, podIPs: [{ ip: this.address }] },
      };
    });
  }

  private answer({ url = '' }: IncomingMessage, response: ServerResponse): void {
    const { pathname, searchParams } = new URL(url, 'http://api');
    const say = (status: number, body: object): void => {
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(JSON.stringify(body));
    };
    const [, namespace, pods] = /^\/api\/v1\/namespaces\/([^/]+)\/(pods)$/.exec(pathname) ?? [];
    const list =
      pods === undefined
        ? pathname === '/api/v1/nodes' && 'nodes'
        : namespace && `${namespace}/pods`;
    if (list === false || list === undefined || !this.allowed(list)) {
      this.refused.push(url);
      say(403, status(403, 'Forbidden'));
    } else if (searchParams.get('sendInitialEvents') === 'true') {
      // Clients then list and watch, as with older servers.
      say(422, status(422, 'Invalid'));
    } else if (searchParams.get('watch') !== null) {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.flushHeaders();
    } else {
      const selected = labelsIn(searchParams.get('labelSelector') ?? '');
      const items = list === 'nodes' ? this.nodeObjects() : this.podsIn(namespace ?? '', selected);
      const kind = list === 'nodes' ? 'NodeList' : 'PodList';
      say(200, { kind, apiVersion: 'v1', metadata: { resourceVersion: '1' }, items });
    }
  }

  private podsIn(namespace: string, selected: Labels): Pod[] {
    return this.pods.filter(
      ({ metadata }) =>
        metadata.namespace === namespace &&
        Object.entries(selected).every(([name, value]) => metadata.labels?.[name] === value),
    );
  }

  private nodeObjects(): object[] {
    return Object.entries(this.nodes).map(([name, Port]) => ({
      metadata: { name, uid: name },
      spec: {},
      status: {
        addresses: [{ type: 'InternalIP', address: this.address }],
        daemonEndpoints: { kubeletEndpoint: { Port } },
      },
    }));
  }

  /** Is there a role for it? `nodes`, or `<namespace>/pods`. */
  private allowed(what: string): boolean {
    return this.manifests.some(({ kind, metadata, rules = [] }) => {
      const resources = rules.flatMap((rule) => rule.resources);
      if (what === 'nodes') return kind === 'ClusterRole' && resources.includes(what);
      const [namespace, resource = ''] = what.split('/');
      return kind === 'Role' && metadata.namespace === namespace && resources.includes(resource);
    });
  }
}

const status = (code: number, reason: string): object => ({
  ...{ kind: 'Status', apiVersion: 'v1', status: 'Failure', reason, code },
});

const labelsIn = (selector: string): Labels =>
  Object.fromEntries(selector.split(',').map((part) => part.split('=') as [string, string]));
