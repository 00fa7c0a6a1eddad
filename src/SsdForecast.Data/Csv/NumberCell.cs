using System.Globalization;
using System.Text;

namespace SsdForecast.Data;

/// <summary>Reads a cell as a number or as missing.</summary>
internal sealed class NumberCell
{
    private readonly HashSet<string> _missing;
    private readonly bool _decimalComma;
    private readonly bool _fast;

    public NumberCell(CsvSchema schema)
    {
        if (schema.DecimalSeparator is not ('.' or ','))
            throw new SchemaException($"the decimal separator is '.' or ',', not '{schema.DecimalSeparator}'.");
        _decimalComma = schema.DecimalSeparator == ',';
        _missing = schema.MissingText.Select(t => t.Trim()).ToHashSet(StringComparer.OrdinalIgnoreCase);
        // Where a number such as -999 means missing, every cell must be compared first.
        _fast = !_decimalComma && !_missing.Any(t => t.Length > 0 && char.IsAsciiDigit(t[^1]));
    }

    public static NumberCell Default { get; } = new(new CsvSchema());

    /// <summary>Whether the cell means that there is no value.</summary>
    public bool IsMissing(ReadOnlySpan<byte> cell)
    {
        cell = cell.Trim((byte)' ');
        return cell.IsEmpty || (cell.Length < 64 && _missing.Contains(Encoding.UTF8.GetString(cell)));
    }

    /// <summary>The number, or NaN if the cell is missing; false if it is neither, or not finite.</summary>
    public bool TryRead(ReadOnlySpan<byte> cell, out double value)
    {
        // The digit test keeps words that parse as numbers (NaN, Infinity) and missing marks off the fast path.
        if (!cell.IsEmpty && _fast && (uint)(cell[^1] - '0') <= 9
            && double.TryParse(cell, NumberStyles.Float, CultureInfo.InvariantCulture, out value)) return double.IsFinite(value);
        return TryReadSlowly(cell, out value);
    }

    /// <summary>What to do about a cell that is no number.</summary>
    public string Advice(string text) =>
        !_decimalComma && text.Contains(',') && double.TryParse(text.Replace(',', '.'), CultureInfo.InvariantCulture, out _)
            ? "If the comma is the decimal separator, pass --decimal ','."
            : "Fix the cell or list it in --missing.";

    private bool TryReadSlowly(ReadOnlySpan<byte> cell, out double value)
    {
        value = double.NaN;
        if (IsMissing(cell)) return true;
        var text = Encoding.UTF8.GetString(cell).Trim();
        if (_decimalComma)
        {
            if (text.Contains('.')) return false;
            text = text.Replace(',', '.');
        }

        return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out value) && double.IsFinite(value);
    }
}
