import type { ICredentialDataDecryptedObject } from 'n8n-workflow';

/** Without slashes at its end: paths begin with one. */
export function baseUrlIn(credentials: ICredentialDataDecryptedObject): string {
	return String(credentials.baseUrl ?? '').replace(/\/+$/, '');
}
