import { imageRef, images } from '../../../components/images';
import { bucketStandIn } from './bucket-standin';

export const appNamespace = 'audifi';

/**
 * A stand-in for AudiFi in a cluster: pods with the labels, the ports and the namespace of its
 * services. `api-server` has metrics, writes a log line for each request of /log, and sends spans.
 * `receiver` takes the place of PagerDuty: it keeps what it gets. `bucket` is a STAND-IN for S3.
 */
export function appObjects(replicas: number): object[] {
  return [
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: appNamespace } },
    {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'programs', namespace: appNamespace },
      data: { 'api-server.cjs': apiServer, 'receiver.cjs': receiver, 'bucket.cjs': bucketStandIn },
    },
    ...service('api-server', replicas, { http: 3001, metrics: 9090 }),
    ...service('receiver', 1, { http: 8080 }),
    ...service('bucket', 1, { http: 9000 }),
  ];
}

/** In production these are outside the cluster, so the test must not lose them with a node. */
const outside = ['receiver', 'bucket'];

function service(
  name: string,
  replicas: number,
  ports: Readonly<Record<string, number>>,
): object[] {
  const labels = { 'app.kubernetes.io/name': name };
  const metadata = { name, namespace: appNamespace, labels };
  const container = {
    name,
    image: imageRef(images.node),
    command: ['node', `/programs/${name}.cjs`],
    env: [{ name: 'POD', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } }],
    ports: Object.entries(ports).map(([port, containerPort]) => ({ name: port, containerPort })),
    volumeMounts: [{ name: 'programs', mountPath: '/programs' }],
  };
  return [
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata,
      spec: {
        replicas,
        selector: { matchLabels: labels },
        template: {
          metadata: { labels },
          spec: {
            terminationGracePeriodSeconds: 1,
            securityContext: { runAsUser: 1000, runAsNonRoot: true },
            ...(outside.includes(name)
              ? { nodeSelector: { 'kubernetes.io/hostname': 'node-0' } }
              : undefined),
            containers: [container],
            volumes: [{ name: 'programs', configMap: { name: 'programs' } }],
          },
        },
      },
    },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata,
      spec: {
        selector: labels,
        ports: Object.entries(ports).map(([port, number]) => ({ name: port, port: number })),
      },
    },
  ];
}

/** Metrics at 9090; at 3001 `/log?text=…` writes a line and `/span?trace=…` sends a span. */
const apiServer = `
const http = require('node:http');
let requests = 0;
http.createServer((request, response) => {
  response.setHeader('content-type', 'text/plain; version=0.0.4');
  response.end('# TYPE http_requests_total counter\\n' +
    'http_requests_total{method="GET",path="/api",status="200"} ' + requests + '\\n');
}).listen(9090);
http.createServer(async (request, response) => {
  requests += 1;
  const { pathname, searchParams } = new URL(request.url, 'http://api');
  if (pathname === '/log') {
    console.log(JSON.stringify({ level: 'warn', timestamp: new Date().toISOString(),
      service: 'api-server', message: searchParams.get('text') }));
  }
  let status = 200;
  if (pathname === '/span') {
    const now = BigInt(Date.now()) * 1000000n;
    const sent = await fetch('http://otel-collector.monitoring.svc:4318/v1/traces', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      signal: AbortSignal.timeout(5000),
      body: JSON.stringify({ resourceSpans: [{
        resource: { attributes: [
          { key: 'service.name', value: { stringValue: 'api-server' } },
          { key: 'k8s.pod.name', value: { stringValue: process.env.POD } } ] },
        scopeSpans: [{ spans: [{
          traceId: searchParams.get('trace'), spanId: 'abcdefabcdefabcd', kind: 2, name: 'GET /api',
          startTimeUnixNano: String(now - 5000000n), endTimeUnixNano: String(now),
          status: { code: 2, message: 'boom' } }] }] }] }),
    }).catch((error) => ({ status: 599, error }));
    status = sent.status;
  }
  response.statusCode = status;
  response.end(process.env.POD);
}).listen(3001);
`;

/** Answers each POST as PagerDuty does; GET returns all bodies. */
const receiver = `
const http = require('node:http');
const bodies = [];
http.createServer((request, response) => {
  if (request.method === 'GET') return response.end(JSON.stringify(bodies));
  let text = '';
  request.on('data', (chunk) => (text += chunk)).on('end', () => {
    bodies.push({ at: Date.now(), body: JSON.parse(text) });
    response.statusCode = 202;
    response.end('{"status":"success"}');
  });
}).listen(8080);
`;
