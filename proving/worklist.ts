/** A scheduled procedure step in DCMTK's dump form; number 2 is an MR, the others are CT. */
export function worklistItem(at: number): readonly string[] {
  return [
    '(0008,0005) CS [ISO_IR 100]',
    `(0008,0050) SH [A${at}]`,
    `(0010,0010) PN [Step^${at}]`,
    `(0010,0020) LO [P${at}]`,
    '(0010,0030) DA [19700101]',
    '(0010,0040) CS [F]',
    `(0020,000d) UI [1.2.826.0.1.3680043.9.9999.7.${at}]`,
    '(0032,1032) PN [Req]',
    '(0032,1060) LO [Exam]',
    '(0040,0100) SQ (Sequence with undefined length #=1)',
    '(fffe,e000) na (Item with undefined length #=12)',
    `(0008,0060) CS [${at === 2 ? 'MR' : 'CT'}]`,
    '(0040,0001) AE [FINDER]',
    '(0040,0002) DA [20260101]',
    '(0040,0003) TM [101500]',
    '(0040,0006) PN [Dr]',
    '(0040,0007) LO [Exam]',
    `(0040,0009) SH [S${at}]`,
    '(0040,0010) SH [ST]',
    '(fffe,e00d) na (ItemDelimitationItem)',
    '(fffe,e0dd) na (SequenceDelimitationItem)',
    `(0040,1001) SH [RP${at}]`,
    '(0040,1003) SH [LOW]',
  ];
}
