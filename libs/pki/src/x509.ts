/* `@peculiar/x509` with what it needs before it is loaded, and on Node's own cryptography. */
import 'reflect-metadata';
import { cryptoProvider } from '@peculiar/x509';
import { webcrypto } from 'node:crypto';

// The package's types name the browser's.
cryptoProvider.set(webcrypto as never);

export * from '@peculiar/x509';
