import { beforeEach, describe, expect, test } from 'vitest'
import { createStartUrls, type StartUrlAnswer } from '../../../../src/core/sign-in/start-urls.ts'

let asked: string[]
let answers: Record<string, StartUrlAnswer>
const resolve = (startUrl: string) =>
  createStartUrls(async (method, { href }) => {
    asked.push(`${method} ${href}`)
    return answers[`${method} ${href}`] ?? { status: 404 }
  }).resolve(startUrl)

beforeEach(() => {
  asked = []
  answers = {}
})

describe('Start URLs', () => {
  test.each([
    'https://corp.awsapps.com/start',
    'https://d-9067example.awsapps.com/start/#/',
    'https://start.us-gov-home.awsapps.com/directory/corp',
    'https://corp.awsapps.cn/start',
    'https://ssoins-1.portal.us-east-1.app.aws',
    'https://d-1.eu-west-1.portal.amazonaws.com/',
    'https://d-1.cn-north-1.portal.amazonaws.com.cn/',
    'https://x.portal.amazonaws.eu/',
    'https://identitycenter.amazonaws.com/ssoins-1',
    'https://identitycenter.us-gov.amazonaws.com/ssoins-1',
    'https://identitycenter.amazonaws.com.cn/ssoins-1',
    'http://127.0.0.1:8700/start',
  ])('%s is taken as it is, without a question', async (startUrl) => {
    expect(await resolve(startUrl)).toBe(startUrl)
    expect(asked).toEqual([])
  })

  test('a company’s own name is followed for one step', async () => {
    answers['HEAD https://aws.corp.example/login'] = {
      status: 302,
      location: 'https://d-1.awsapps.com/start',
    }
    expect(await resolve('https://aws.corp.example/login')).toBe('https://d-1.awsapps.com/start')
  })

  test('a server that knows no HEAD is asked with GET', async () => {
    answers['HEAD https://aws.corp.example/'] = { status: 405 }
    answers['GET https://aws.corp.example/'] = { status: 301, location: 'https://d-1.awsapps.com/start' }
    expect(await resolve('https://aws.corp.example/')).toBe('https://d-1.awsapps.com/start')
  })

  test.each([
    'https://evil.example/start',
    'http://d-1.awsapps.com/start',
    'https://d-1.awsapps.com.evil.example/start',
    'https://awsapps.com/start',
    'javascript:alert(1)',
    '//[',
  ])('a redirect to %s is refused', async (location) => {
    answers['HEAD https://aws.corp.example/'] = { status: 302, location }
    await expect(resolve('https://aws.corp.example/')).rejects.toMatchObject({
      value: { code: 'ENDPOINT_REFUSED' },
    })
  })

  test('without a redirect Identity Center is asked whether it knows the name', async () => {
    expect(await resolve('https://aws.corp.example/')).toBe('https://aws.corp.example/')
    answers['HEAD https://aws.corp.example/'] = { status: 302 }
    expect(await resolve('https://aws.corp.example/')).toBe('https://aws.corp.example/')
  })

  test.each(['http://corp.example/start', 'ftp://corp.example', 'corp'])(
    '%s is no start URL',
    async (text) => {
      await expect(resolve(text)).rejects.toThrow()
      expect(asked).toEqual([])
    },
  )
})
