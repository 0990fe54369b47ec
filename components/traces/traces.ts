import * as pulumi from '@pulumi/pulumi';
import type { Platform } from '../platform/platform';
import type { Settings } from '../settings';
import type { Endpoint } from '../workload';
import { Jaeger } from './jaeger';
import { OtelCollector } from './otel-collector';

export interface TracesArgs {
  readonly platform: Platform;
  readonly settings: Settings;
  /** @default not deployed */
  readonly loki?: Endpoint;
}

/**
 * The trace pipeline: the collector that receives spans from services, and Jaeger, which stores and
 * shows them. Jaeger is omitted if traces are only forwarded.
 */
export class Traces extends pulumi.ComponentResource {
  readonly collector: Endpoint;
  readonly jaeger?: Jaeger;
  /** Jaeger and the collector. */
  readonly parts: readonly { readonly endpoint: Endpoint }[];

  private readonly platform: Platform;

  constructor(name: string, args: TracesArgs, opts?: pulumi.ComponentResourceOptions) {
    super('audifi:traces:Traces', name, {}, opts);
    this.platform = args.platform;
    if (args.settings.jaeger.enabled) this.jaeger = new Jaeger('jaeger', args, { parent: this });
    const collector = new OtelCollector(
      'otel-collector',
      { ...args, jaeger: this.jaeger?.endpoint },
      { parent: this },
    );
    this.collector = collector.endpoint;
    this.parts = [...(this.jaeger === undefined ? [] : [this.jaeger]), collector];
    this.registerOutputs({ url: this.jaeger?.url });
  }

  /**
   * Jaeger's tab Monitor queries Prometheus, which scrapes both and is therefore created after
   * them.
   */
  readSpanMetricsFrom(prometheus: Endpoint): void {
    if (this.jaeger === undefined) return;
    this.platform.connect(this.jaeger.endpoint, [prometheus], { parent: this });
  }
}
