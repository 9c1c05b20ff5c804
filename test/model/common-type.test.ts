import { expect, it } from 'vitest'
import type { ColumnType } from '../../src/model/column.js'
import { commonType } from '../../src/model/common-type.js'

const decimal = (precision: number, scale: number): ColumnType => ({ kind: 'decimal', precision, scale })

it.each<[ColumnType, ColumnType, ColumnType | undefined]>([
  [{ kind: 'string' }, { kind: 'objectId' }, { kind: 'string' }],
  [{ kind: 'int32' }, { kind: 'int32' }, { kind: 'int32' }],
  [{ kind: 'int32' }, { kind: 'int64' }, { kind: 'int64' }],
  [{ kind: 'int32' }, { kind: 'double' }, { kind: 'double' }],
  // 9007199254740993 is no double.
  [{ kind: 'int64' }, { kind: 'double' }, undefined],
  [{ kind: 'double' }, decimal(4, 2), undefined],
  [{ kind: 'int64' }, decimal(30, 10), decimal(30, 10)],
  [{ kind: 'int32' }, decimal(4, 2), decimal(12, 2)],
  [decimal(10, 2), decimal(12, 8), decimal(16, 8)],
  [decimal(38, 0), decimal(38, 1), undefined],
  [{ kind: 'timestamp' }, { kind: 'timestamp' }, { kind: 'timestamp' }],
  [{ kind: 'timestamp' }, { kind: 'string' }, undefined],
  [{ kind: 'boolean' }, { kind: 'int32' }, undefined],
  [{ kind: 'json' }, { kind: 'json' }, undefined],
  [{ kind: 'list', element: { kind: 'string' } }, { kind: 'list', element: { kind: 'string' } }, undefined],
])('%j and %j are compared as %j', (one, other, wanted) => {
  expect(commonType(one, other)).toEqual(wanted)
  expect(commonType(other, one)).toEqual(wanted)
})
