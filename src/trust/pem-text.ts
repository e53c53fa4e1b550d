// Certificates and keys as the text that servers and clients read.
import { encodePem, pemLabels } from './x509/pem.ts'

/** One block after the other. */
export function pemOf(
  ders: readonly Uint8Array[],
  kind: keyof typeof pemLabels = 'certificate',
): string {
  return ders.map((der) => encodePem(pemLabels[kind], der)).join('')
}
