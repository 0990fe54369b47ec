import type { Rule } from './resource';
import {
  noHostAccess,
  nonRoot,
  noPrivileges,
  pinnedImages,
  readOnlyRoot,
  resourceLimits,
} from './rules/containers';
import { notPublic } from './rules/exposure';
import { networkPolicies } from './rules/network';
import { encryptedSecrets } from './rules/secrets';
import { protectedVolumes } from './rules/volumes';

/**
 * What every stack must keep to. There is no exception but the host agents (rules/containers.ts).
 */
export const rules: readonly Rule[] = [
  pinnedImages,
  nonRoot,
  readOnlyRoot,
  resourceLimits,
  noPrivileges,
  noHostAccess,
  notPublic,
  protectedVolumes,
  encryptedSecrets,
  networkPolicies,
];
