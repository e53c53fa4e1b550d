import { Component, ElementRef, inject } from '@angular/core'
import { DomSanitizer } from '@angular/platform-browser'
import { ActivatedRoute } from '@angular/router'

@Component({ selector: 'app-search', template: '<div [innerHTML]="result"></div>' })
export class SearchComponent {
  private readonly sanitizer = inject(DomSanitizer)
  result: unknown

  constructor(
    private readonly route: ActivatedRoute,
    private readonly element: ElementRef,
  ) {}

  search(): void {
    const query = this.route.snapshot.queryParams.q
    this.result = this.sanitizer.bypassSecurityTrustHtml(query) // expect: xss
    this.element.nativeElement.innerHTML = `<b>${query}</b>` // expect: xss
    this.element.nativeElement.textContent = query // ok: text
    this.result = this.sanitizer.bypassSecurityTrustHtml('<b>none</b>') // ok: constant
    this.result = this.sanitizer.sanitize(1, query) // ok: cleaned
  }

  watch(): void {
    this.route.queryParams.subscribe((parameters) => {
      this.result = this.sanitizer.bypassSecurityTrustHtml(parameters.q) // expect: xss
    })
  }
}
