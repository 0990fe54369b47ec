import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { imageArchive, kitLabel } from '../../../offline/image-archive';
import { imageRecipes, type ImageRecipe } from '../../../offline/image-recipes';
import { tar } from '../../../offline/tar';

interface Member {
  readonly mode: number;
  readonly uid: number;
  readonly mtime: number;
  readonly link: string;
  readonly content: Buffer;
}

/** Parses an archive: name, mode, owner and content of each member. */
function untar(archive: Buffer): Record<string, Member> {
  const members: ReturnType<typeof untar> = {};
  for (let at = 0; archive[at] !== 0;) {
    const field = (offset: number, length: number): string =>
      archive.toString('utf8', at + offset, at + offset + length).replace(/\0.*$/s, '');
    const octal = (offset: number, length: number): number => parseInt(field(offset, length), 8);
    const size = octal(124, 12);
    const prefix = field(345, 155);
    const stored = octal(148, 8);
    const header = Buffer.from(archive.subarray(at, at + 512)).fill(' ', 148, 156);
    expect(header.reduce((sum, byte) => sum + byte, 0)).toBe(stored);
    members[(prefix ? `${prefix}/` : '') + field(0, 100)] = {
      mode: octal(100, 8),
      uid: octal(108, 8),
      mtime: octal(136, 12),
      link: field(157, 100),
      content: archive.subarray(at + 512, at + 512 + size),
    };
    at += 512 + Math.ceil(size / 512) * 512;
  }
  return members;
}

describe('archives', () => {
  test('keep mode, owner and content of members of any size', () => {
    const sizes = [0, 1, 511, 512, 513, 2000];
    const archive = tar(
      sizes.map((size) => ({
        path: `f${size}`,
        content: Buffer.alloc(size, 'x'),
        mode: 0o640,
        uid: 65534,
      })),
    );
    expect(archive.length % 512).toBe(0);
    const members = untar(archive);
    for (const size of sizes) {
      expect(members[`f${size}`]).toMatchObject({ mode: 0o640, uid: 65534, mtime: 0 });
      expect(members[`f${size}`]?.content.toString()).toBe('x'.repeat(size));
    }
  });

  test('mark directories with a slash, and split long paths as readers expect', () => {
    const long = `${'d'.repeat(90)}/${'e'.repeat(60)}/file`;
    const members = untar(
      tar([
        { path: 'tmp', mode: 0o1777 },
        { path: long, content: Buffer.from('a'), mode: 0o644 },
      ]),
    );
    expect(Object.keys(members)).toEqual(['tmp/', long]);
    expect(() => tar([{ path: 'x'.repeat(300), mode: 0o755 }])).toThrow('path too long');
  });
});

test('contain links', () => {
  const members = untar(tar([{ path: 'bin', link: 'usr/bin', mode: 0o777 }]));
  expect(members).toMatchObject({ bin: { link: 'usr/bin', content: Buffer.alloc(0) } });
  expect(() => tar([{ path: 'a', link: 'x'.repeat(101), mode: 0o777 }])).toThrow('link too long');
});

interface ImageConfig {
  readonly config: Record<string, unknown>;
  readonly rootfs: { readonly diff_ids: string[] };
}

describe('image archives', () => {
  const recipe = imageRecipes.prometheus as ImageRecipe;
  const make = (content = 'binary'): Buffer =>
    imageArchive('prom/prometheus:v1', recipe, {
      read: () => Buffer.from(content),
      title: 'prometheus@3.1',
    });
  const configOf = (
    archive: Buffer,
  ): {
    id: string;
    config: ImageConfig;
  } => {
    const members = untar(archive);
    const [manifest] = JSON.parse(members['manifest.json']?.content.toString() ?? '') as [
      { Config: string },
    ];
    const bytes = members[manifest.Config]?.content ?? Buffer.alloc(0);
    return { id: manifest.Config, config: JSON.parse(bytes.toString()) as ImageConfig };
  };

  test('are the same for the same commands, and different for others', () => {
    expect(make().equals(make())).toBe(true);
    expect(configOf(make()).id).not.toBe(configOf(make('other')).id);
  });

  test("have upstream's configuration, and a label of the kit", () => {
    const { config } = configOf(make());
    expect(config.config).toMatchObject({
      User: 'nobody',
      Entrypoint: ['/bin/prometheus'],
      WorkingDir: '/prometheus',
      Volumes: { '/prometheus': {} },
      ExposedPorts: { '9090/tcp': {} },
    });
    expect(config.config.Labels).toMatchObject({
      [kitLabel]: expect.stringMatching(/^prometheus@3\./),
    });
  });

  test("contain the commands, a data directory of the image's user, and a world-writable /tmp", () => {
    const archive = make();
    const layer = untar(archive)['layer.tar']?.content ?? Buffer.alloc(0);
    const digest = createHash('sha256').update(layer).digest('hex');
    expect(configOf(archive).config.rootfs.diff_ids).toEqual([`sha256:${digest}`]);
    const files = untar(layer);
    expect(files['bin/prometheus']).toMatchObject({ mode: 0o755, uid: 0 });
    expect(files['bin/promtool']).toBeDefined();
    expect(files['prometheus/']).toMatchObject({ uid: 65534 });
    expect(files['tmp/']).toMatchObject({ mode: 0o1777 });
    expect(files['etc/passwd']?.content.toString()).toContain('nobody:x:65534:65534');
  });
});
