import { Body, Controller, Get, Param, ParseIntPipe, Post, Query, Req } from '@nestjs/common'
import type { NextRequest } from 'next/server'
import { NextResponse } from 'next/server'
import { readFile, writeFile } from 'node:fs/promises'
import { createReadStream } from 'fs'
import { join, normalize } from 'path'
import type { FileService } from './file-service'

@Controller('files')
export class FileController {
  constructor(private readonly files: FileService) {}

  @Get(':name')
  find(@Param('name') name: string, @Query('version') version: string) {
    return createReadStream(join('files', name, version)) // expect: path-traversal
  }

  @Post()
  async save(@Body() { name, content }: { name: string; content: string }, @Req() request) {
    await writeFile('files/' + name, content) // expect: path-traversal
    await writeFile('files/' + request.query.name, content) // expect: path-traversal
    await writeFile('files/fixed.txt', content) // ok: a constant path
  }

  @Get('page/:number')
  page(@Param('number', ParseIntPipe) number: number) {
    return createReadStream(`pages/${Number(number)}.html`) // ok: a number
  }
}

export async function GET(request: NextRequest, { params }: { params: { slug: string } }) {
  const theme = request.nextUrl.searchParams.get('theme')
  const style = await readFile(`themes/${theme}.css`) // expect: path-traversal
  const page = await readFile(join('pages', params.slug)) // expect: path-traversal
  if (params.slug.includes('..')) return NextResponse.json({}, { status: 400 })
  const path = normalize(join('pages', params.slug))
  if (!path.startsWith('pages/')) return NextResponse.json({}, { status: 400 })
  const checked = await readFile(path) // ok: checked to lie in the folder
  return NextResponse.json({ style, page, checked })
}
