import { serveProvider } from '../provider';
import type { Provider } from '../resource';
import type { Property } from '../schema';
import type { Values } from '../values';
import { ask, type Json, textOf, useAccount } from './api';
import { escalationPolicy, schedule, service, serviceIntegration } from './resources';

const string: Property = { type: 'string' };

/** `pagerduty.getUser`: finds a user by e-mail address. */
const getUser = {
  inputs: { email: { ...string, required: true } },
  async invoke(args: Values): Promise<Values> {
    const email = typeof args.email === 'string' ? args.email : '';
    const { users = [] } = await ask('GET', `/users?query=${encodeURIComponent(email)}`);
    // As the released provider does, which compares upper and lower case.
    const found = (users as Json[]).find((user) => textOf(user['email']) === email);
    if (found === undefined) throw new Error(`no PagerDuty user has the e-mail address ${email}`);
    return { id: textOf(found['id']), name: textOf(found['name']), email };
  },
};

/**
 * A stand-in for pulumi-resource-pagerduty. It sends real requests to the REST API, but is not the
 * released provider. `make up` does not use it: only tests add it to the PATH.
 */
export const pagerdutyProvider: Provider = {
  name: 'pagerduty',
  version: '3.4.0',
  config: {
    token: string,
    apiUrlOverride: string,
    serviceRegion: { ...string, pattern: /^(us|eu)$/ },
    skipCredentialsValidation: string,
    userToken: string,
    version: string,
    pluginDownloadURL: string,
  },
  resources: {
    'pagerduty:index/escalationPolicy:EscalationPolicy': escalationPolicy,
    'pagerduty:index/schedule:Schedule': schedule,
    'pagerduty:index/service:Service': service,
    'pagerduty:index/serviceIntegration:ServiceIntegration': serviceIntegration,
  },
  functions: { 'pagerduty:index/getUser:getUser': getUser },
  configure: useAccount,
};

if (require.main === module) serveProvider(pagerdutyProvider);
