import { expect, it } from 'vitest'
import { signAwsRequest } from './aws-signature.ts'

// The example of AWS's own documentation; its keys are of nobody.
const credentials = {
  accessKeyId: 'AKIDEXAMPLE',
  secretAccessKey: ['wJalrXUtnFEMI/K7MDENG', 'bPxRfiCYEXAMPLEKEY'].join('+'),
  sessionToken: null,
}
const at = new Date('2015-08-30T12:36:00.000Z')
const request = {
  method: 'GET',
  url: new URL('https://iam.amazonaws.com/?Action=ListUsers&Version=2010-05-08'),
  headers: { 'Content-Type': 'application/x-www-form-urlencoded; charset=utf-8' },
  body: '',
  region: 'us-east-1',
  service: 'iam',
} as const

const signatureOf = (headers: Record<string, string>) =>
  /Signature=([0-9a-f]+)$/.exec(headers.authorization ?? '')?.[1]

it('signs as AWS does', () => {
  const headers = signAwsRequest(request, credentials, at)
  expect(headers).toMatchObject({
    'content-type': 'application/x-www-form-urlencoded; charset=utf-8',
    'x-amz-date': '20150830T123600Z',
  })
  expect(headers.authorization).toContain(
    'Credential=AKIDEXAMPLE/20150830/us-east-1/iam/aws4_request, '.concat(
      'SignedHeaders=content-type;host;x-amz-date',
    ),
  )
  expect(signatureOf(headers)).toBe(
    '5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7',
  )
})

it('signs the token of a session and every part of the request', () => {
  const session = signAwsRequest(request, { ...credentials, sessionToken: 'token' }, at)
  expect(session['x-amz-security-token']).toBe('token')
  expect(session.authorization).toContain('x-amz-security-token')
  const others = [
    { ...request, body: 'x' },
    { ...request, method: 'POST' as const },
    { ...request, url: new URL('https://iam.amazonaws.com/a%20b?Action=ListUsers') },
    { ...request, region: 'eu-west-1' },
  ]
  const all = [request, ...others].map((each) => signatureOf(signAwsRequest(each, credentials, at)))
  expect(new Set(all).size).toBe(5)
})

it('does not mind the order of a query', () => {
  const url = new URL('https://iam.amazonaws.com/?Version=2010-05-08&Action=ListUsers')
  expect(signAwsRequest({ ...request, url }, credentials, at)).toEqual(
    signAwsRequest(request, credentials, at),
  )
})
