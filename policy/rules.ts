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
import { knownResources } from './rules/types';
import { protectedVolumes } from './rules/volumes';

/**
 * The rules for every stack. The only exceptions are the host agents (rules/host-agents.ts).
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
  knownResources,
];
