import type { CertificateAnswer } from '@leadglass/contract';
import { Button } from '@mantine/core';
import { useState } from 'react';
import { call, queryClient, useAsk } from '../client/index.ts';
import { Asked, Badge, CopyCommand, DangerDialog, Section, toast } from '../kit/index.ts';
import { useMay } from '../shell/me.tsx';
import { useFormat, useWords } from '../words/index.ts';
import css from './peers.module.css';
import { PEERS } from './words.ts';

function RevokeButton({ certificate }: { readonly certificate: CertificateAnswer }) {
  const words = useWords(PEERS);
  const [isOpen, setOpen] = useState(false);
  const revoke = async () => {
    await call('cert.revoke', { id: certificate.sha256 });
    await queryClient.invalidateQueries();
    toast({ text: PEERS.revoked(certificate.name) });
  };
  return (
    <>
      <Button size="xs" variant="default" onClick={() => setOpen(true)}>
        {words.revoke}
      </Button>
      <DangerDialog
        isOpen={isOpen}
        onClose={() => setOpen(false)}
        title={words.revokeTitle(certificate.name)}
        act={words.revoke}
        onAct={revoke}
        isReasonNeeded={false}
      >
        <p>{words.revokeMeaning}</p>
      </DangerDialog>
    </>
  );
}

function CertificateLine({ certificate }: { readonly certificate: CertificateAnswer }) {
  const words = useWords(PEERS);
  const format = useFormat();
  const isRevoked = certificate.revokedAtMs > 0;
  const isOver = certificate.notAfterMs < Date.now();
  const mayRevoke = useMay()('cert.revoke') && !isRevoked;
  return (
    <li className={css.lineItem}>
      <div className={css.who}>
        <div className={css.whoHead}>
          <strong>{certificate.name}</strong>
          <Badge tone={isRevoked || isOver ? 'bad' : 'good'}>
            {isRevoked
              ? words.revokedOn(format.date(certificate.revokedAtMs))
              : words.validUntil(format.date(certificate.notAfterMs))}
          </Badge>
        </div>
        <span className={css.fingerprint}>{certificate.sha256}</span>
      </div>
      {mayRevoke ? <RevokeButton certificate={certificate} /> : null}
    </li>
  );
}

/** Certificates of the site's authority for a title. */
export function Certificates({ title }: { readonly title: string }) {
  const words = useWords(PEERS);
  const asked = useAsk('cert.list', {});
  return (
    <Section title={words.certificates}>
      <Asked of={asked}>
        {({ certificates }) => {
          const mine = certificates.filter(({ peer }) => peer === title);
          if (mine.length > 0) {
            return (
              <ul className={css.lines}>
                {mine.map((certificate) => (
                  <CertificateLine key={certificate.sha256} certificate={certificate} />
                ))}
              </ul>
            );
          }
          return (
            <div className={css.stack}>
              <p className={css.quiet}>{words.certificatesNone}</p>
              <CopyCommand command={`leadglass cert issue ${title.toLowerCase()} --peer ${title}`} />
            </div>
          );
        }}
      </Asked>
    </Section>
  );
}

/** Which machines a title stood for, as their objects tell. */
export function Devices({ title }: { readonly title: string }) {
  const words = useWords(PEERS);
  const format = useFormat();
  const asked = useAsk('device.list', {});
  return (
    <Section title={words.devices}>
      <Asked of={asked}>
        {({ devices }) => {
          const mine = devices.filter(({ peer }) => peer === title);
          if (mine.length === 0) return <p className={css.quiet}>{words.devicesNone}</p>;
          return (
            <ul className={css.lines}>
              {mine.map((device) => (
                <li key={device.digest} className={css.lineItem}>
                  <span>
                    <strong>{device.manufacturer}</strong> {device.model}
                  </span>
                  <span className={css.small}>{words.firstSeen(format.date(device.firstSeenMs))}</span>
                </li>
              ))}
            </ul>
          );
        }}
      </Asked>
    </Section>
  );
}
