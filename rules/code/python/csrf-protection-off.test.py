from django.views.decorators.csrf import csrf_exempt, csrf_protect


@csrf_exempt  # expect: csrf-protection-off
def pay(request):
    return None


@csrf_protect  # ok: on
def transfer(request):
    return None
