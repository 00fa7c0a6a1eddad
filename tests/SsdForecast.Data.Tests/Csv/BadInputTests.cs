using System.IO.Compression;
using System.Text;

namespace SsdForecast.Data.Tests;

public class BadInputTests
{
    [Fact]
    public void Text_in_a_number_names_the_cell()
    {
        var error = Text.Refused<BadValueException>(Text.Hourly(30, i => i == 15 ? "abc" : "1.5"));
        Assert.Equal("data.csv:17, column 'y': 'abc' is not a number. Fix the cell or list it in --missing.", error.Message);
        Assert.Equal("data.csv", error.File);
        Assert.Equal(17, error.Line);
        Assert.Equal("y", error.Column);
        Assert.Equal("abc", error.RawText);
    }

    [Theory]
    [InlineData("inf")]
    [InlineData("1,234.5")]
    [InlineData("1 234")]
    [InlineData("12%")]
    [InlineData("1e999")]
    [InlineData("0x10")]
    public void What_is_no_finite_number_is_refused(string cell) =>
        Assert.Equal(cell, Text.Refused<BadValueException>(Text.Hourly(5, i => i == 2 ? $"\"{cell}\"" : "1")).RawText);

    [Fact]
    public void Text_in_a_line_after_a_quoted_line_break_is_at_its_own_line()
    {
        var error = Text.Refused<BadValueException>("id,ds,y\n\"a\nb\",2020-01-01,1\n\"a\nb\",2020-01-02,x\n");
        Assert.Equal(4, error.Line);
    }

    [Fact]
    public void A_missing_column_names_those_that_exist_and_the_nearest()
    {
        var error = Text.Refused<MissingColumnException>("date,HUFL,OT\n2020-01-01,1,2\n2020-01-02,1,2\n", new CsvSchema { TargetColumns = ["Ot"] });
        Assert.Equal("data.csv:1: there is no column 'Ot' for the target (--target). The file has 'date', 'HUFL', 'OT'; the nearest is 'OT'.", error.Message);
    }

    [Theory]
    [InlineData("")]
    [InlineData("\n\n  \n")]
    public void An_empty_file_is_refused(string csv) => Assert.Contains("empty", Text.Refused<NotEnoughDataException>(csv).Message, StringComparison.Ordinal);

    [Fact]
    public void A_header_alone_is_refused() => Assert.Contains("a header and no rows", Text.Refused<NotEnoughDataException>("ds,y\n").Message, StringComparison.Ordinal);

    [Fact]
    public void One_row_is_refused() => Assert.Equal(2, Text.Refused<NotEnoughDataException>("ds,y\n2020-01-01,1\n").Line);

    [Fact]
    public void Rows_of_one_time_are_refused() => Text.Refused<NotEnoughDataException>("ds,y\n2020-01-01,1\n2020-01-01,2\n");

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void All_values_missing_is_refused(bool told)
    {
        var error = Text.Refused<NotEnoughDataException>(Text.Hourly(10, _ => "NA"), told ? new CsvSchema { TargetColumns = ["y"] } : null);
        Assert.Equal("y", error.Column);
        Assert.Contains("missing", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_time_that_is_none_names_the_cell()
    {
        var csv = Text.Hourly(20).Replace("2020-01-01 05:00:00", "2020-13-01 05:00:00", StringComparison.Ordinal);
        var error = Text.Refused<BadTimeException>(csv);
        Assert.Equal(7, error.Line);
        Assert.Equal("2020-13-01 05:00:00", error.RawText);
        Assert.Equal("ds", error.Column);
    }

    [Fact]
    public void A_missing_time_is_refused() => Assert.Contains("no time", Text.Refused<BadTimeException>("ds,y\n2020-01-01,1\n,2\n2020-01-03,3\n").Message, StringComparison.Ordinal);

    [Fact]
    public void Times_in_no_known_form_ask_for_one() =>
        Assert.Contains("--time-format", Text.Refused<BadTimeException>("ds,y\nJanuary 1,1\nJanuary 2,2\n").Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("ds,y\n2020-01-01,1\n2020-01-02,2,3\n")]
    [InlineData("ds,y,z\n2020-01-01,1,1\n2020-01-02,2\n")]
    public void Rows_with_another_number_of_cells_are_refused(string csv) => Assert.Equal(3, Text.Refused<MalformedCsvException>(csv).Line);

    [Fact]
    public void A_quote_that_does_not_close_is_refused() => Text.Refused<MalformedCsvException>("ds,y\n2020-01-01,1\n\"2020-01-02,2\n2020-01-03,3\n");

    [Fact]
    public void A_column_name_twice_is_refused() => Assert.Equal("y", Text.Refused<DuplicateException>("ds,y, y\n2020-01-01,1,2\n").Column);

    [Fact]
    public void A_column_in_two_parts_is_refused() =>
        Text.Refused<SchemaException>("ds,y\n2020-01-01,1\n2020-01-02,2\n", new CsvSchema { TargetColumns = ["y"], PastCovariates = ["y"] });

    [Fact]
    public void A_static_covariate_that_changes_is_refused() =>
        Assert.Equal(3, Text.Refused<BadValueException>("id,ds,y,s\na,2020-01-01,1,1\na,2020-01-02,2,2\n", new CsvSchema { StaticCovariates = ["s"] }).Line);

    [Fact]
    public void A_series_twice_in_a_file_of_one_row_a_series_is_refused() => Assert.Equal(3, Text.Refused<DuplicateException>("V1,V2,V3\na,1,2\na,3,4\n", new CsvSchema { Layout = CsvLayout.WideRows }).Line);

    [Fact]
    public void Several_possible_targets_of_a_long_file_must_be_told() =>
        Assert.Contains("--target", Text.Refused<SchemaException>("id,ds,u,v\na,2020-01-01,1,2\na,2020-01-02,3,4\n").Message, StringComparison.Ordinal);

    [Fact]
    public void A_file_that_is_not_there_is_refused() =>
        Text.OneLine(Assert.Throws<UnreadableFileException>(() => SeriesCsv.Read(Path.Combine(Path.GetTempPath(), "no-such-file.csv"))));

    [Fact]
    public void Damaged_gzip_is_refused_wherever_it_is_cut()
    {
        using var file = new TemporaryFile(".csv.gz");
        var whole = Gzip(Text.Hourly(2000));
        foreach (var keep in new[] { 5, 12, whole.Length / 3, whole.Length / 2, whole.Length - 9, whole.Length - 8, whole.Length - 4, whole.Length - 1 })
        {
            File.WriteAllBytes(file.Path, whole[..keep]);
            var error = Assert.Throws<UnreadableFileException>(() => SeriesCsv.Read(file.Path));
            Assert.Contains("gzip", error.Message, StringComparison.Ordinal);
            Text.OneLine(error);
        }

        File.WriteAllBytes(file.Path, whole);
        Assert.Equal(2000, SeriesCsv.Read(file.Path)["y"].Count);
        whole[whole.Length / 2] ^= 0x55;
        File.WriteAllBytes(file.Path, whole);
        Assert.ThrowsAny<DataException>(() => SeriesCsv.Read(file.Path));
    }

    [Fact]
    public void Gzip_is_seen_from_its_bytes_and_not_from_its_name()
    {
        using var file = new TemporaryFile(".csv");
        File.WriteAllBytes(file.Path, Gzip(Text.Hourly(20)));
        Assert.Equal(20, SeriesCsv.Read(file.Path)["y"].Count);
    }

    [Fact]
    public void What_is_no_text_is_refused()
    {
        using var file = new TemporaryFile(".csv");
        (byte[] Bytes, string Says)[] files =
        [
            ([1, 2, 0, 3], "binary"),
            ("PK\u0003\u0004zip"u8.ToArray(), "zip"),
            ("PAR1..."u8.ToArray(), "Parquet"),
            ([.. "ds,y\n2020-01-01,"u8, 0xE9, .. ",\n"u8], "0xE9"),
            ([.. Encoding.UTF32.Preamble, .. Encoding.UTF32.GetBytes("ds,y\n2020-01-01,1\n")], "UTF-32"),
            (Encoding.Unicode.GetBytes("ds,y\n2020-01-01,1\n"), "UTF-16"),
        ];
        foreach (var (bytes, says) in files)
        {
            File.WriteAllBytes(file.Path, bytes);
            var error = Assert.Throws<UnreadableFileException>(() => SeriesCsv.Read(file.Path));
            Assert.Contains(says, error.Message, StringComparison.Ordinal);
            Text.OneLine(error);
        }
    }

    [Fact]
    public void Utf16_with_a_byte_order_mark_is_read()
    {
        using var file = new TemporaryFile(".csv");
        foreach (var encoding in new[] { Encoding.Unicode, Encoding.BigEndianUnicode, Encoding.UTF8 })
        {
            File.WriteAllText(file.Path, "ds,größe\n2020-01-01,1\n2020-01-02,2\n", encoding);
            Assert.Equal(2, SeriesCsv.Read(file.Path)["größe"].Count);
        }
    }

    [Fact]
    public void Control_characters_and_long_text_of_a_file_do_not_break_the_line()
    {
        var error = Text.Refused<BadValueException>("ds,y\n2020-01-01,1\n2020-01-02,\"a\nb\u001b[31m" + new string('x', 500) + "\"\n2020-01-03,1\n");
        Assert.True(error.Message.Length < 250);
        Assert.DoesNotContain(error.Message, char.IsControl);
        Assert.Contains('\n', error.RawText!);
    }

    [Fact]
    public void Any_text_at_all_is_read_or_refused_with_one_line()
    {
        var random = new Random(7);
        const string Alphabet = "ab,;\"\n\r 0123456789-/:.TZeE?\t|";
        for (var i = 0; i < 1000; i++)
        {
            var text = new string([.. Enumerable.Range(0, random.Next(0, 80)).Select(_ => Alphabet[random.Next(Alphabet.Length)])]);
            if (i % 2 == 0) text = "ds,y\n2020-01-01,1\n" + text;
            try
            {
                Assert.NotEmpty(Text.Read(text).Series);
            }
            catch (DataException e)
            {
                Text.OneLine(e);
            }
        }
    }

    private static byte[] Gzip(string text)
    {
        using var bytes = new MemoryStream();
        using (var gzip = new GZipStream(bytes, CompressionLevel.Optimal)) gzip.Write(Encoding.UTF8.GetBytes(text));
        return bytes.ToArray();
    }
}
