using SsdForecast.Cli.Serving;

namespace SsdForecast.Cli.Tests.Serving;

public class CsvLineTests
{
    [Theory]
    [InlineData("a,b,c", ',', new[] { "a", "b", "c" })]
    [InlineData("a, b ,", ',', new[] { "a", "b", "" })]
    [InlineData("\"a,b\",c", ',', new[] { "a,b", "c" })]
    [InlineData("\"say \"\"no\"\"\";x", ';', new[] { "say \"no\"", "x" })]
    public void A_line_is_cut_into_cells(string line, char delimiter, string[] cells) => Assert.Equal(cells, CsvLine.Split(line, delimiter));

    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("a,b", "\"a,b\"")]
    [InlineData("say \"no\"", "\"say \"\"no\"\"\"")]
    public void What_is_quoted_is_read_back(string text, string quoted)
    {
        Assert.Equal(quoted, CsvLine.Quote(text));
        Assert.Equal([text], CsvLine.Split(quoted, ','));
    }

    [Fact]
    public void A_quote_that_is_not_closed_is_no_event() => Assert.Throws<BadEventException>(() => CsvLine.Split("\"a,b", ','));
}
