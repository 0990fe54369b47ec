import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A command that can be built from Go modules only. */
export interface Recipe {
  /** The upstream release, as in its tag. */
  readonly version: string;
  /** The version of its Go module, if it is a different one. @default `version` */
  readonly moduleVersion?: string;
  /** Folder below `modules/`. Commands of one upstream module share it. */
  readonly module: string;
  /** The Go package of the command. */
  readonly package: string;
  /** Go build tags. */
  readonly tags?: readonly string[];
  /** String variables set by the linker, mostly to give the command its version. */
  readonly variables?: Readonly<Record<string, string>>;
  /**
   * Files that the upstream module embeds but does not contain, by path in the module, with their
   * content.
   */
  readonly placeholders?: {
    readonly module: string;
    readonly files: Readonly<Record<string, string | Generated>>;
  };
  /** Its web pages, which are built only if AUDIFI_WEB_PAGES asks for them. */
  readonly webPages?: WebPages;
  /** Set if the command is our replacement of an upstream one: the name in reports. */
  readonly standIn?: string;
  /** Name of upstream's own command. @default the recipe's */
  readonly upstreamName?: string;
  /** Upstream's own builds. Preferred if they can be downloaded. */
  readonly release?: Release;
}

/**
 * Web pages whose sources are in the command's Go module. The lock file beside them pins every npm
 * package by checksum.
 */
export interface WebPages {
  readonly module: string;
  /** Folder of the pnpm workspace in the module. */
  readonly workspace: string;
  /** Upstream's build, for a shell in the module's folder. */
  readonly scripts: readonly string[];
  /** Go build tags that embed the pages. */
  readonly tags: readonly string[];
}

/** A JSON file that upstream's build generates from a file in the module. */
export interface Generated {
  /** Path in the module. */
  readonly from: string;
  /** Top-level members to set in it. @default none */
  readonly set?: Readonly<Record<string, string>>;
}

/** An upstream archive and the publisher's list of checksums. `{arch}` is replaced. */
export interface Release {
  /** A tar archive, or a zip archive of one file. */
  readonly archive: string;
  readonly checksums: string;
  /** Upstream's names of the architectures in Node's `process.arch`. */
  readonly arch: Readonly<Record<string, string>>;
}

/**
 * Flags of every build. Upstream's releases have no debug information either (`-s -w`). If the
 * compiler does not even generate it, that saves a tenth of its time. Stack traces do not need it.
 */
export const buildFlags = ['-trimpath', '-buildvcs=false', '-gcflags=all=-dwarf=false'] as const;

/**
 * Folder with the go.mod and go.sum of each recipe. They pin all direct and indirect dependencies
 * by checksum.
 */
export const modulesDir = join(__dirname, 'modules');

/** The Go version that the go.mod of a module folder requires. */
export function goVersionNeeded(module: string): string {
  const text = readFileSync(join(modulesDir, module, 'go.mod'), 'utf8');
  const version = /^go (\d+\.\d+(?:\.\d+)?)$/m.exec(text)?.[1];
  if (version === undefined) throw new Error(`modules/${module}/go.mod has no go line`);
  return version;
}
