"""What the print of an invoice says in its own language, whatever language its reader's pages are in."""

KEYS = (
    "invoice", "credit_note", "draft", "dated", "seller", "buyer", "tax_number", "what", "quantity", "unit", "price",
    "amount", "discount", "net", "total", "to_pay", "in_words", "schedule", "bank", "account", "bank_code",
    "scan", "note", "head", "accountant", "no_tax", "corrects", "due_on", "quote",
    "valid_until", "offered_to",
)  # fmt: skip
SAID = {
    "en": (
        "Invoice", "Credit note", "Draft", "Date", "From", "Bill to", "Tax number", "Description", "Quantity", "Unit",
        "Price", "Amount", "Discount", "Net", "Total", "Left to pay", "In words", "Payment schedule", "Bank",
        "Account", "BIC", "Scan to pay", "Note", "Director", "Chief accountant", "No tax", "Corrects",
        "Pay by", "Quote", "Valid until", "Prepared for",
    ),
    "ru": (
        "Счёт на оплату", "Корректировка счёта", "Черновик", "Дата", "Поставщик", "Покупатель", "ИНН",
        "Товары (работы, услуги)", "Кол-во", "Ед.", "Цена", "Сумма", "Скидка", "Без налога", "Всего",
        "Осталось оплатить", "Прописью", "График платежей", "Банк получателя", "Сч. №", "БИК", "Код для оплаты",
        "Примечание",
        "Руководитель", "Бухгалтер", "Без налога (НДС)", "К счёту", "Оплатить до",
        "Коммерческое предложение", "Действительно до", "Для кого",
    ),
    "es": (
        "Factura", "Nota de crédito", "Borrador", "Fecha", "Emisor", "Cliente", "NIF", "Descripción", "Cantidad",
        "Unidad", "Precio", "Importe", "Descuento", "Base imponible", "Total", "Pendiente de pago", "En letras",
        "Calendario de pagos", "Banco", "Cuenta", "BIC", "Escanee para pagar", "Nota", "Director",
        "Contable principal", "Sin impuesto", "Rectifica", "Vencimiento", "Presupuesto", "Válido hasta", "Para",
    ),
    "id": (
        "Faktur", "Nota kredit", "Draf", "Tanggal", "Dari", "Kepada", "NPWP", "Uraian", "Jumlah", "Satuan", "Harga",
        "Nilai", "Potongan", "Dasar pajak", "Total", "Sisa tagihan", "Terbilang", "Jadwal pembayaran", "Bank",
        "Rekening", "BIC", "Pindai untuk membayar", "Catatan", "Direktur", "Kepala akuntan", "Tanpa pajak",
        "Koreksi atas", "Jatuh tempo", "Penawaran harga", "Berlaku sampai", "Untuk",
    ),
}  # fmt: skip
WORDING = {language: dict(zip(KEYS, said, strict=True)) for language, said in SAID.items()}
