import * as grafana from '@pulumiverse/grafana/oss';
import { Provider } from '@pulumiverse/grafana/provider';
import * as pulumi from '@pulumi/pulumi';
import { type DashboardOptions, dashboardTexts } from '../../dashboards';
import { createDatasources, type DatasourcesArgs } from './datasources';

export interface GrafanaContentsArgs extends DatasourcesArgs {
  /** URL at which this program reaches Grafana's API; resolves once Grafana is ready. */
  readonly apiUrl: pulumi.Input<string>;
  /** Password of the user admin; secret. */
  readonly adminPassword: pulumi.Input<string>;
  readonly dashboards: DashboardOptions;
  /**
   * The resource with Grafana's database. When it is destroyed, the contents go with it. Deleting
   * them one by one would need a reachable Grafana.
   * @default none: they are deleted one by one
   */
  readonly storedIn?: pulumi.Resource;
}

/**
 * The contents of Grafana: data sources, a folder, and its dashboards.
 *
 * Every user can see the folder; editors can change its dashboards to try something. `refresh`
 * shows such a change, and the next `up` that changes the dashboard reverts it
 * (docs/dashboards.md). Grafana keeps the last 50 versions. A dashboard of another owner with the
 * same uid is an error and never overwritten.
 *
 * Upstream: https://www.pulumi.com/registry/packages/grafana/
 */
export class GrafanaContents extends pulumi.ComponentResource {
  constructor(name: string, args: GrafanaContentsArgs, opts?: pulumi.ComponentResourceOptions) {
    super('audifi:grafana:Contents', name, {}, opts);
    const provider = new Provider(
      `${name}-provider`,
      {
        url: args.apiUrl,
        auth: pulumi.secret(pulumi.interpolate`admin:${args.adminPassword}`),
        // Without a wait, the provider's three retries are over before a busy Grafana answers.
        retryWait: 2,
      },
      { parent: this },
    );
    const child: pulumi.CustomResourceOptions = {
      parent: this,
      provider,
      deletedWith: args.storedIn,
    };
    const datasources = createDatasources(args, child);
    const folder = new grafana.Folder(`${name}-folder`, { title: 'AudiFi', uid: 'audifi' }, child);
    new grafana.FolderPermission(
      `${name}-permissions`,
      {
        folderUid: folder.uid,
        permissions: [
          { role: 'Viewer', permission: 'View' },
          { role: 'Editor', permission: 'Edit' },
        ],
      },
      child,
    );
    const dashboards = Object.entries(dashboardTexts(args.dashboards)).map(
      ([uid, configJson]) =>
        new grafana.Dashboard(
          uid,
          { folder: folder.uid, configJson },
          { ...child, dependsOn: datasources },
        ),
    );
    new grafana.OrganizationPreferences(
      `${name}-home`,
      { homeDashboardUid: 'audifi-overview' },
      { ...child, dependsOn: dashboards },
    );
    this.registerOutputs({ dashboards: dashboards.length });
  }
}
