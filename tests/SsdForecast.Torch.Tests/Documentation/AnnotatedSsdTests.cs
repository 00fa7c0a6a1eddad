using System.Globalization;
using System.Text.RegularExpressions;
using SsdForecast.Reports;

namespace SsdForecast.Torch.Tests.Documentation;

/// <summary>
/// The page on structured state-space duality says what its code does. After a change of a sample or of a picture:
/// <c>SSDF_REWRITE_DOCS=1 ./ssdf test --filter AnnotatedSsd</c>.
/// </summary>
public partial class AnnotatedSsdTests
{
    public static TheoryData<string> SampleNames => [.. AnnotatedPage.Samples.Select(m => m.Name)];

    public static TheoryData<string> FigureNames => [.. AnnotatedFigures.All.Keys];

    [Theory]
    [MemberData(nameof(SampleNames))]
    public void The_page_shows_a_sample_and_what_it_prints(string name)
    {
        var expected = AnnotatedPage.Expected(name);
        // Samples print comparisons that must come out true, also when the page is being rewritten.
        Assert.DoesNotContain("False", expected, StringComparison.Ordinal);
        if (AnnotatedPage.Rewrites) AnnotatedPage.Replace(name, expected);
        Assert.Equal(expected, AnnotatedPage.Shown(name));
    }

    [Fact]
    public void Every_code_fence_of_the_page_is_a_sample_and_every_sample_is_shown_once()
    {
        Assert.Equal(AnnotatedPage.Samples.Select(m => m.Name).Order(), AnnotatedPage.Names.Order());
        Assert.Equal(AnnotatedPage.Names.Count, Regex.Count(AnnotatedPage.Text, "```csharp"));
    }

    [Theory]
    [MemberData(nameof(FigureNames))]
    public void A_picture_of_the_page_is_what_its_data_give(string name)
    {
        var path = Path.Combine(AnnotatedPage.Images, name + ".svg");
        var chart = AnnotatedFigures.All[name]();
        if (AnnotatedPage.Rewrites) SvgRenderer.Write(chart, path, AnnotatedFigures.Options(name));
        var (expected, actual) = (SvgRenderer.Render(chart, AnnotatedFigures.Options(name)) + "\n", File.ReadAllText(path));
        Assert.Equal(Number().Replace(expected, "#"), Number().Replace(actual, "#"));
        // Another processor's exp may move a coordinate by its last digit.
        foreach (var (e, a) in Number().Matches(expected).Zip(Number().Matches(actual)))
        {
            var (number, other) = (double.Parse(e.Value, CultureInfo.InvariantCulture), double.Parse(a.Value, CultureInfo.InvariantCulture));
            Assert.Equal(number, other, number < 1 ? 0.0021 : 0.11);
        }
    }

    [Fact]
    public void The_page_shows_every_picture_and_no_other()
        => Assert.Equal(
            AnnotatedFigures.All.Keys.Order(),
            Picture().Matches(AnnotatedPage.Text).Select(m => m.Groups[1].Value).Order());

    [GeneratedRegex(@"\d+(\.\d+)?")]
    private static partial Regex Number();

    [GeneratedRegex(@"\(images/(annotated-[a-z-]+)\.svg\)")]
    private static partial Regex Picture();
}
