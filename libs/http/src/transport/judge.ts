import type { TlsConfig } from '@assent/config';
import { loadTrustStore, readCertificate } from '@assent/crypto';
import { StartupError } from '../startup-error.js';
import { readPem } from '../tls.js';
import type { JudgeCertificate } from './certificates.js';

/** Judges client certificates by the configured trust anchors. `StartupError` names a file that holds none. */
export function certificateJudge({ clientAuthorityFiles }: TlsConfig): JudgeCertificate {
  const setting = 'tls.clientAuthorityFiles';
  const pems = clientAuthorityFiles.map((file) => {
    const pem = readPem(file, setting, 'client certificate check');
    try {
      loadTrustStore([pem]);
    } catch (cause) {
      throw new StartupError(`the client certificate check cannot use ${file}: it holds no certificate; set ${setting} to PEM certificates`, { cause });
    }
    return pem;
  });
  const trustedRoots = loadTrustStore(pems);
  return ({ leaf, intermediates }, now) => readCertificate(leaf, { trustedRoots, intermediates, now });
}
