import { expect, test } from 'vitest'
import { networkVariablesForPrograms } from '../../../../src/core/network/variables-for-programs.ts'

test.each([
  [{ ALL_PROXY: 'http://a:1' }, { HTTPS_PROXY: 'http://a:1' }],
  [{ all_proxy: 'http://a:1', ALL_PROXY: 'http://b:1' }, { HTTPS_PROXY: 'http://a:1' }],
  [{ ALL_PROXY: 'http://a:1', HTTPS_PROXY: 'http://b:1' }, { HTTPS_PROXY: 'http://b:1' }],
  [{ ALL_PROXY: 'http://a:1', https_proxy: '' }, { HTTPS_PROXY: undefined }],
  [{ AWS_CA_BUNDLE: '/ca.pem' }, { SSL_CERT_FILE: '/ca.pem' }],
  [{ AWS_CA_BUNDLE: '/ca.pem', SSL_CERT_FILE: '/own.pem' }, { SSL_CERT_FILE: '/own.pem' }],
  [{}, { HTTPS_PROXY: undefined, SSL_CERT_FILE: undefined }],
])('%j is told to a Go program as %j', (environment, told) => {
  const { HTTPS_PROXY, SSL_CERT_FILE, PATH } = networkVariablesForPrograms({ PATH: '/bin', ...environment })
  expect({ HTTPS_PROXY, SSL_CERT_FILE, PATH }).toEqual({ PATH: '/bin', ...told })
})
