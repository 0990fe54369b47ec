import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { Linter, type Linter as LinterTypes } from 'eslint';
import { projectRoot } from '../../scripts/stack-files';
