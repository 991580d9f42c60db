import type { ElementToEncode } from '@leadglass/dicom';
import { el } from '../../apps/cli/src/prove-it/pack/object.ts';

/** A character set, a name and a description written in it (PS3.3 §C.12.1.1.2; names of PS3.5 Annexes H to K). Hexadecimal. */
interface Written {
  readonly charset: string;
  readonly name: string;
  readonly description?: string;
}

const CHARSETS: readonly Written[] = [
  { charset: 'ISO_IR 100', name: '4d554c4c4552d55e4a4f52c4', description: '5468f472617820e020e974656e647265' },
  { charset: 'ISO_IR 101', name: '5749ae4e59' },
  { charset: 'ISO_IR 126', name: 'c4e9efedf5f3e9eff2' },
  { charset: 'ISO_IR 127', name: 'e2c8c7e6ea5ee4e6d2c7d1' },
  { charset: 'ISO_IR 138', name: 'f9f8e5ef5ee3e1e5f8e4' },
  { charset: 'ISO_IR 144', name: 'bbee6365dc6279706763' },
  { charset: 'ISO_IR 148', name: '47dc4c45d2' },
  { charset: 'ISO_IR 166', name: 'cacbd2c25ec7d4aac2' },
  { charset: 'ISO_IR 13', name: 'd4cfc0de5ec0dbb3' },
  {
    charset: 'ISO_IR 192',
    name: '57616e675e5869616f446f6e673de78e8b5ee5b08fe4b89c',
    description: 'c389636f67726170686965',
  },
  { charset: 'GB18030', name: '57616e675e5869616f446f6e673dcdf55ed0a1b6ab3d' },
  { charset: 'GBK', name: '57616e675e5869616f446f6e673dcdf55ed0a1b6ab3d' },
  {
    charset: '\\ISO 2022 IR 87',
    name: '59616d6164615e5461726f753d1b24423b3345441b28425e1b244242404f3a1b28423d1b24422464245e24401b28425e1b2442243f246d24261b2842',
  },
  {
    charset: '\\ISO 2022 IR 149',
    name: '486f6e675e47696c646f6e673d1b242943fbf35e1b242943d1ced4d73d1b242943c8ab5e1b242943b1e6b5bf',
  },
  { charset: 'ISO 2022 IR 6\\ISO 2022 IR 100', name: '4255435e1b2d414af472f46d65' },
];

/** How many there are. */
export const CHARSET_COUNT = CHARSETS.length;

/** Specific character set, patient's name and study description in the set numbered `index` (any whole number). */
export function charsetElements(index: number): ElementToEncode[] {
  const { charset, name, description } = CHARSETS[index % CHARSETS.length] ?? { charset: '', name: '' };
  const text = (hex: string) => {
    const bytes = Buffer.from(hex, 'hex');
    return bytes.length % 2 === 0 ? bytes : Buffer.concat([bytes, Buffer.from(' ')]);
  };
  return [
    el(0x00080005, charset),
    el(0x00100010, text(name), 'PN'),
    ...(description === undefined ? [] : [el(0x00081030, text(description), 'LO')]),
  ];
}
