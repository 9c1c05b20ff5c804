import type { PublishInput } from '@aws-sdk/client-sns'
import type { AlertMessage } from '../../model/alert.js'
import { alertEventJson } from '../../model/alert-event.js'
import { alertText, plainAlert } from '../../model/alert-text.js'

/** "Must be less than 100 characters long", of ASCII (SNS API reference, Publish, Subject). */
const SUBJECT_MOST = 99
/** One SMS has 140 bytes; more would be cut into several, each with its price. */
const SMS_MOST = 140
/** Characters of an id for FIFO topics (SNS API reference, MessageDeduplicationId, MessageGroupId). */
const FIFO_ID_MOST = 128

/**
 * What is published: text for people (mail, SMS), and for programs (SQS, Lambda, HTTP) the same JSON as a webhook gets. The
 * whole stays far below SNS's 256 KB, because every text in it is bounded.
 *
 * @param topic - ARN. With `.fifo` at its end, messages of one alert stay in order, and a repetition within five minutes is
 * dropped by SNS itself
 */
export function snsMessage(message: AlertMessage, topic: string): PublishInput {
  const { headline, summary } = alertText(message)
  const text = plainAlert(message)
  const json = alertEventJson(message)
  const forms = {
    default: text,
    email: text,
    sms: ascii(summary, SMS_MOST),
    sqs: json,
    lambda: json,
    http: json,
    https: json,
  }
  return {
    TopicArn: topic,
    Subject: ascii(headline, SUBJECT_MOST),
    Message: JSON.stringify({ ...forms, firehose: json }),
    MessageStructure: 'json',
    // For filter policies of subscriptions.
    MessageAttributes: {
      event: { DataType: 'String', StringValue: message.event },
      severity: { DataType: 'String', StringValue: message.severity },
      kind: { DataType: 'String', StringValue: message.kind },
    },
    ...(topic.endsWith('.fifo')
      ? { MessageGroupId: fifoId(message.alertId), MessageDeduplicationId: fifoId(message.id) }
      : {}),
  }
}

/** Letters keep their base (`é` is `e`); the rest is `?`, and three points tell where it was cut. */
function ascii(text: string, most: number): string {
  const plain = text
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .replaceAll('…', '...')
    .replaceAll(/[^\x20-\x7e]/gu, '?')
  return plain.length <= most ? plain : `${plain.slice(0, most - 3)}...`
}

/** Letters, digits and punctuation; what else an id may have becomes `_`. */
function fifoId(id: string): string {
  return id.replaceAll(/[^\x21-\x7e]/gu, '_').slice(0, FIFO_ID_MOST)
}
